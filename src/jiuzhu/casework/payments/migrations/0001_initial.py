"""The ledger, grants, accounts, lists and instructions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("theirs", models.BigIntegerField()),
                ("ours", models.BigIntegerField()),
                ("named", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BudgetLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("programme", models.CharField(max_length=32)),
                ("year", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("division_code", "programme", "year"), name="budget_line_once_a_year")
                ],
            },
        ),
        migrations.CreateModel(
            name="Discrepancy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=16)),
                ("said", models.CharField(max_length=120)),
                ("day", models.DateField()),
                ("found_at", models.DateTimeField()),
                ("settled_by", models.CharField(blank=True, max_length=80)),
                ("settled_at", models.DateTimeField(null=True)),
                ("because", models.TextField(blank=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("number", "kind", "said", "day"), name="discrepancy_named_once")],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("programme", models.CharField(max_length=32)),
                ("division_code", models.CharField(max_length=12)),
                ("begun_at", models.DateTimeField()),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="cases.case")),
                (
                    "party",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="parties.party"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Instruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=27, unique=True)),
                ("month", models.CharField(max_length=7)),
                ("kind", models.CharField(choices=[("monthly", "按月"), ("arrears", "补发")], max_length=8)),
                ("fen", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "扣住"),
                            ("intent", "待送出"),
                            ("sent", "已送出"),
                            ("in_doubt", "未决"),
                            ("confirmed", "已到账"),
                            ("refused", "银行拒付"),
                            ("returned", "退回"),
                            ("withdrawn", "撤下"),
                        ],
                        max_length=10,
                    ),
                ),
                ("live", models.BooleanField(default=True)),
                ("held", models.CharField(blank=True, max_length=120)),
                ("asked", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("paid_on", models.DateField(null=True)),
                ("says", models.CharField(blank=True, max_length=24)),
                (
                    "follows",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="again", to="payments.instruction"
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="instructions", to="payments.grant"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(max_length=7)),
                ("fen", models.BigIntegerField()),
                (
                    "grant",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="dues", to="payments.grant"),
                ),
                (
                    "instruction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dues", to="payments.instruction"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Journal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("kind", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                ("about", models.CharField(max_length=80)),
                ("posted", models.BooleanField(default=False)),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reversed_by", to="payments.journal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("holder", models.CharField(choices=[("self", "本人"), ("guardian", "监护人")], max_length=8)),
                ("mandate", models.CharField(blank=True, max_length=27)),
                ("account", models.TextField()),
                ("name", models.TextField()),
                ("bank", models.TextField()),
                ("account_index", models.CharField(db_index=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "待复核"), ("confirmed", "已复核"), ("refused", "未通过"), ("replaced", "已更换")],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("from_month", models.CharField(blank=True, max_length=7)),
                ("proposed_by", models.CharField(max_length=80)),
                ("proposed_at", models.DateTimeField()),
                ("looked_by", models.CharField(blank=True, max_length=80)),
                ("looked_at", models.DateTimeField(null=True)),
                (
                    "party",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payees", to="parties.party"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="instruction",
            name="payee",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="instructions", to="payments.payee"
            ),
        ),
        migrations.CreateModel(
            name="PayList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=27, unique=True)),
                ("division_code", models.CharField(max_length=12)),
                ("programme", models.CharField(max_length=32)),
                ("month", models.CharField(max_length=7)),
                ("run", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawn", "待制单"),
                            ("made", "待复核"),
                            ("checked", "待送银行"),
                            ("sending", "银行处理中"),
                            ("closed", "已关账"),
                        ],
                        default="drawn",
                        max_length=8,
                    ),
                ),
                ("drawn_by", models.CharField(max_length=80)),
                ("drawn_at", models.DateTimeField()),
                ("made_by", models.CharField(blank=True, max_length=80)),
                ("made_at", models.DateTimeField(null=True)),
                ("checked_by", models.CharField(blank=True, max_length=80)),
                ("checked_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("count", models.PositiveIntegerField(default=0)),
                ("fen", models.BigIntegerField(default=0)),
                ("stops", models.CharField(blank=True, max_length=200)),
                ("because", models.TextField(blank=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("statement", models.TextField(blank=True)),
                ("maker_signature", models.TextField(blank=True)),
                ("checker_signature", models.TextField(blank=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lists", to="payments.budgetline"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="instruction",
            name="list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="instructions", to="payments.paylist"
            ),
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.CharField(max_length=56)),
                ("fen", models.BigIntegerField()),
                (
                    "grant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="payments.grant"
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="payments.journal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("start", "新批"),
                            ("raise", "增发"),
                            ("cut", "减发"),
                            ("suspend", "缓发"),
                            ("resume", "恢复"),
                            ("end", "停发"),
                        ],
                        max_length=8,
                    ),
                ),
                ("from_month", models.CharField(max_length=7)),
                ("fen", models.BigIntegerField()),
                ("decision", models.CharField(max_length=27)),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "grant",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="payments.grant"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["programme", "division_code"], name="payments_gr_program_fb5b2a_idx"),
        ),
        migrations.AddConstraint(
            model_name="due",
            constraint=models.UniqueConstraint(fields=("instruction", "month"), name="due_once_a_month"),
        ),
        migrations.AddConstraint(
            model_name="due",
            constraint=models.CheckConstraint(condition=models.Q(("fen", 0), _negated=True), name="due_is_something"),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")), fields=("party",), name="payee_one_change_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "confirmed")), fields=("party", "from_month"), name="payee_one_from_a_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("looked_at__isnull", True), ("looked_by", ""), ("state", "proposed")),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("looked_at__isnull", False),
                        models.Q(("looked_by", ""), _negated=True),
                        models.Q(("looked_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payee_looked_at_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True), models.Q(("from_month", ""), _negated=True), _connector="OR"
                ),
                name="payee_paid_from_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("holder", "self"), ("mandate", "")),
                    models.Q(("holder", "guardian"), models.Q(("mandate", ""), _negated=True)),
                    _connector="OR",
                ),
                name="payee_guardian_by_mandate",
            ),
        ),
        migrations.AddConstraint(
            model_name="paylist",
            constraint=models.UniqueConstraint(fields=("division_code", "programme", "month", "run"), name="list_once_a_run"),
        ),
        migrations.AddConstraint(
            model_name="paylist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "drawn"),
                    models.Q(
                        models.Q(("made_by", ""), _negated=True),
                        models.Q(("digest", ""), _negated=True),
                        models.Q(("maker_signature", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="list_signed_by_its_maker",
            ),
        ),
        migrations.AddConstraint(
            model_name="paylist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("drawn", "made")),
                    models.Q(
                        models.Q(("checked_by", ""), _negated=True),
                        models.Q(("checked_by", models.F("made_by")), _negated=True),
                        models.Q(("checker_signature", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="list_checked_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="instruction",
            index=models.Index(fields=["list", "state"], name="payments_in_list_id_47ad9b_idx"),
        ),
        migrations.AddIndex(
            model_name="instruction",
            index=models.Index(fields=["state", "sent_at"], name="payments_in_state_f55ca7_idx"),
        ),
        migrations.AddIndex(
            model_name="instruction",
            index=models.Index(fields=["paid_on"], name="payments_in_paid_on_21bf5b_idx"),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("live", True)), fields=("grant", "month", "kind"), name="instruction_one_alive"
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("live", True), ("state__in", ("held", "intent", "sent", "in_doubt", "confirmed"))),
                    models.Q(
                        ("live", False),
                        models.Q(("state__in", ("held", "intent", "sent", "in_doubt", "confirmed")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="instruction_alive_or_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(condition=models.Q(("fen__gt", 0)), name="instruction_pays_something"),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("held", "withdrawn")), ("payee__isnull", False), _connector="OR"),
                name="instruction_goes_to_an_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("held", "intent", "withdrawn")), ("sent_at__isnull", False), _connector="OR"),
                name="instruction_left_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "confirmed"), _negated=True), ("paid_on__isnull", False), _connector="OR"),
                name="instruction_paid_on_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["account", "grant"], name="payments_po_account_ae40e2_idx"),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("fen", 0), _negated=True), models.Q(("account", ""), _negated=True)),
                name="posting_moves_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(fields=("grant", "number"), name="term_numbered"),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fen", 0), ("kind__in", ("suspend", "end"))),
                    models.Q(models.Q(("kind__in", ("suspend", "end")), _negated=True), ("fen__gt", 0)),
                    _connector="OR",
                ),
                name="term_pays_what_its_kind_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", ""), _negated=True), models.Q(("by", ""), _negated=True), ("number__gte", 1)
                ),
                name="term_rests_on_a_decision",
            ),
        ),
    ]
