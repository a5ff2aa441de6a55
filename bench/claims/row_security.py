"""Claims that PostgreSQL holds: whose rows it gives, and who waits for whom."""

from bench.claims.mutation import of_postgresql

MUTATIONS = (
    of_postgresql(
        "PostgreSQL gives rows of one customer alone",
        "models/core/servers/row_security.py",
        "USING ({theirs})",
        "USING (true)",
        "tests/core/walls/test_row_security.py::test_wall_three_alone_holds_what_is_read_and_what_is_written",
    ),
    of_postgresql(
        "whose rows are wanted is said anew after a savepoint was taken back",
        "models/core/servers/row_security.py",
        ' or str(query).startswith("ROLLBACK TO")',
        "",
        "tests/core/walls/test_row_security.py::test_whose_rows_it_is_follows_the_session_through_savepoints_faults_and_the_escape",
    ),
    of_postgresql(
        "whose rows are wanted ends with the transaction",
        "models/core/servers/row_security.py",
        "\"SELECT set_config('portal.customer', %s, true)\"",
        "\"SELECT set_config('portal.customer', %s, false)\"",
        "tests/core/walls/test_row_security.py::test_nothing_of_it_is_left_for_the_next_transaction_on_the_connection",
    ),
    of_postgresql(
        "every table of a customer is held",
        "models/migrations/versions/0031_row_security.py",
        '"orders", "plan_items"',
        '"plan_items"',
        "tests/core/walls/test_row_security.py::test_every_table_of_a_customer_is_held_or_says_why_not",
    ),
    of_postgresql(
        "who serves cannot set the wall aside",
        "deploy/roles.sql",
        "NOBYPASSRLS",
        "BYPASSRLS",
        "tests/core/walls/test_row_security.py::test_who_serves_owns_nothing_and_cannot_set_the_wall_aside",
    ),
    of_postgresql(
        "operators are told where the wall does not hold",
        "models/core/servers/row_security.py",
        "    if not connection.exec_driver_sql(open_to).scalar_one():",
        "    if True:",
        "tests/core/walls/test_row_security.py::test_operators_are_told_where_the_wall_does_not_hold_and_whose_work_it_is_to_migrate",
    ),
    of_postgresql(
        "of two administrators who let go at once one stays",
        "models/users/administration.py",
        ".with_for_update(key_share=True)",
        "",
        "tests/users/test_users.py::test_of_two_administrators_who_let_go_at_once_one_stays",
    ),
)
