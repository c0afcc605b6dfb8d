-- person
SELECT * FROM `given person`;

-- household
SELECT * FROM `given household`;

-- hukou
SELECT * FROM `given hukou`;

-- rows of input 1
SELECT `k`.`subject`, MAX(CASE WHEN `k`.`at` = `k`.`last` THEN `k`.`v` ELSE NULL END) AS `v` FROM (SELECT `r`.`subject`, `r`.`at`, `r`.`v`, MAX(`r`.`at`) OVER (PARTITION BY `r`.`subject`) AS `last` FROM (SELECT `d`.`household` AS `subject`, `d`.`data_date` AS `at`, `d`.`income` AS `v` FROM `dataset home` AS `d` WHERE `d`.`household` >= 0) AS `r`) AS `k` GROUP BY `k`.`subject`;

-- household 2
SELECT `s`.*, CASE WHEN `s places`.`c0` THEN `s rows of input 1`.`v` ELSE NULL END AS `income`, NOT (`s places`.`c0`) AS `income unknown` FROM `household` AS `s` LEFT JOIN `places` AS `s places` ON `s places`.`place` = `s`.`place` LEFT JOIN `rows of input 1` AS `s rows of input 1` ON `s rows of input 1`.`subject` = `s`.`subject`;

-- rows of input 3
SELECT `k`.`subject`, MAX(CASE WHEN `k`.`at` = `k`.`last` THEN `k`.`v` ELSE NULL END) AS `v` FROM (SELECT `r`.`subject`, `r`.`at`, `r`.`v`, MAX(`r`.`at`) OVER (PARTITION BY `r`.`subject`) AS `last` FROM (SELECT `d`.`household` AS `subject`, `d`.`read_on` AS `at`, `d`.`amount` AS `v` FROM `dataset meter` AS `d` WHERE `d`.`household` >= 0) AS `r`) AS `k` GROUP BY `k`.`subject`;

-- the rule
SELECT CAST(`w`.`subject` AS INT) AS `subject`, CAST(CASE WHEN `w`.`reached` IS TRUE THEN `w`.`line 0` OR `w`.`line 1` ELSE `w`.`reached` END AS BOOLEAN) AS `hit`, CAST(CASE WHEN `w`.`reached` IS TRUE THEN CASE WHEN `w`.`line 0` IS TRUE THEN 3 WHEN `w`.`line 1` IS TRUE THEN 1 ELSE 1 END ELSE 1 END AS TINYINT) AS `level`, CAST(`w`.`value` AS BIGINT) AS `value`, CAST(2500 AS BIGINT) AS `threshold` FROM (SELECT `r`.`subject`, CASE WHEN `r`.`measure` IS NULL OR (`r`.`base` IS NULL AND NOT (`r`.`base unknown`)) THEN FALSE WHEN `r`.`base unknown` OR `r`.`base` < 0 THEN NULL ELSE CASE WHEN `r`.`base` = 0 THEN `r`.`measure` > 0 ELSE (CAST(`r`.`measure` AS DECIMAL(38, 0)) * 10000) >= (2500 * CAST(`r`.`base` AS DECIMAL(38, 0))) END END AS `reached`, CASE WHEN `r`.`measure` IS NULL OR (`r`.`base` IS NULL AND NOT (`r`.`base unknown`)) THEN FALSE WHEN `r`.`base unknown` OR `r`.`base` < 0 THEN NULL ELSE CASE WHEN `r`.`base` = 0 THEN `r`.`measure` > 0 ELSE (CAST(`r`.`measure` AS DECIMAL(38, 0)) * 100000) >= (37500 * CAST(`r`.`base` AS DECIMAL(38, 0))) END END AS `line 0`, CASE WHEN `r`.`measure` IS NULL OR (`r`.`base` IS NULL AND NOT (`r`.`base unknown`)) THEN FALSE WHEN `r`.`base unknown` OR `r`.`base` < 0 THEN NULL ELSE CASE WHEN `r`.`base` = 0 THEN `r`.`measure` > 0 ELSE (CAST(`r`.`measure` AS DECIMAL(38, 0)) * 10000) >= (2500 * CAST(`r`.`base` AS DECIMAL(38, 0))) END END AS `line 1`, CASE WHEN `r`.`base` > 0 THEN CASE WHEN (CAST(CAST(`r`.`measure` AS DECIMAL(38, 0)) AS DECIMAL(38, 0)) * 10000) < 0 THEN -(((ABS(CAST(CAST(`r`.`measure` AS DECIMAL(38, 0)) AS DECIMAL(38, 0)) * 10000) * 2) + CAST(`r`.`base` AS DECIMAL(38, 0))) DIV NULLIF(CAST(`r`.`base` AS DECIMAL(38, 0)) * 2, 0)) ELSE ((ABS(CAST(CAST(`r`.`measure` AS DECIMAL(38, 0)) AS DECIMAL(38, 0)) * 10000) * 2) + CAST(`r`.`base` AS DECIMAL(38, 0))) DIV NULLIF(CAST(`r`.`base` AS DECIMAL(38, 0)) * 2, 0) END ELSE NULL END AS `value` FROM (SELECT `s`.`subject` AS `subject`, `s rows of input 3`.`v` AS `measure`, `s`.`income unknown` AS `base unknown`, `s`.`income` AS `base` FROM `household 2` AS `s` LEFT JOIN `rows of input 3` AS `s rows of input 3` ON `s rows of input 3`.`subject` = `s`.`subject`) AS `r`) AS `w` WHERE NOT CASE WHEN `w`.`reached` IS TRUE THEN `w`.`line 0` OR `w`.`line 1` ELSE `w`.`reached` END IS FALSE ORDER BY `subject` NULLS LAST;
