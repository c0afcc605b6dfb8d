-- person
SELECT * FROM `given person`;

-- household
SELECT * FROM `given household`;

-- hukou
SELECT * FROM `given hukou`;

-- rows of input 1
SELECT `k`.`subject`, BOOL_OR(TRUE) AS `v` FROM (SELECT `d`.`person` AS `subject` FROM `dataset card` AS `d` WHERE `d`.`person` >= 0 AND `d`.`level` = 1) AS `k` GROUP BY `k`.`subject`;

-- person 2
SELECT `s`.*, CASE WHEN COALESCE(`s rows of input 1`.`v`, FALSE) AND `s places`.`c0` THEN TRUE WHEN NOT (`s places`.`c0`) THEN NULL ELSE COALESCE(`s rows of input 1`.`v`, FALSE) END AS `low` FROM `person` AS `s` LEFT JOIN `places` AS `s places` ON `s places`.`place` = `s`.`place` LEFT JOIN `rows of input 1` AS `s rows of input 1` ON `s rows of input 1`.`subject` = `s`.`subject`;

-- rows of input 3
SELECT `k`.`subject`, SUM(CAST(`k`.`v` AS DECIMAL(38, 0))) AS `v` FROM (SELECT `d`.`person` AS `subject`, `d`.`amount` AS `v` FROM `dataset bill` AS `d` WHERE `d`.`person` >= 0 AND `d`.`paid_on` >= CAST('2025-11-21' AS DATE) AND `d`.`paid_on` <= CAST('2026-11-20' AS DATE)) AS `k` GROUP BY `k`.`subject`;

-- the rule
SELECT CAST(`w`.`subject` AS INT) AS `subject`, CAST(`w`.`when` AND CASE WHEN `w`.`reached` IS TRUE THEN `w`.`line 0` OR `w`.`line 1` ELSE `w`.`reached` END AS BOOLEAN) AS `hit`, CAST(CASE WHEN `w`.`reached` IS TRUE THEN CASE WHEN `w`.`line 0` IS TRUE THEN 4 WHEN `w`.`line 1` IS TRUE THEN 1 ELSE 1 END ELSE 1 END AS TINYINT) AS `level`, CAST(`w`.`value` AS BIGINT) AS `value`, CAST(500000 AS BIGINT) AS `threshold` FROM (SELECT `r`.`subject`, CASE WHEN `r`.`measure unknown` THEN CASE WHEN `r`.`measure floor` >= 500000 THEN TRUE ELSE NULL END ELSE `r`.`measure` >= 500000 END AS `reached`, CASE WHEN `r`.`measure unknown` THEN CASE WHEN `r`.`measure floor` >= 1500000 THEN TRUE ELSE NULL END ELSE `r`.`measure` >= 1500000 END AS `line 0`, CASE WHEN `r`.`measure unknown` THEN CASE WHEN `r`.`measure floor` >= 500000 THEN TRUE ELSE NULL END ELSE `r`.`measure` >= 500000 END AS `line 1`, `r`.`when` AS `when`, COALESCE(`r`.`measure`, `r`.`measure floor`) AS `value` FROM (SELECT `s`.`subject` AS `subject`, NOT (`s places`.`c0`) AS `measure unknown`, COALESCE(`s rows of input 3`.`v`, 0) AS `measure floor`, CASE WHEN `s places`.`c0` THEN COALESCE(`s rows of input 3`.`v`, 0) ELSE NULL END AS `measure`, `s`.`low` AS `when` FROM `person 2` AS `s` LEFT JOIN `places` AS `s places` ON `s places`.`place` = `s`.`place` LEFT JOIN `rows of input 3` AS `s rows of input 3` ON `s rows of input 3`.`subject` = `s`.`subject` WHERE NOT `s`.`low` IS FALSE) AS `r`) AS `w` WHERE NOT `w`.`when` IS FALSE AND NOT CASE WHEN `w`.`reached` IS TRUE THEN `w`.`line 0` OR `w`.`line 1` ELSE `w`.`reached` END IS FALSE ORDER BY `subject` NULLS LAST;
