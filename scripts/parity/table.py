"""Rows of the table that run.sh puts together: what was compared, on how many cases, how far off."""


class Table:
    def __init__(self, name):
        self.name = name
        self.failed = 0

    def row(self, what, cases, found, limit, note=""):
        """Whole numbers count differences; others are the largest absolute one."""
        ok = cases > 0 and found <= limit
        self.failed += not ok
        values = f"{found:>9} {limit:>9}" if isinstance(found, int) else f"{found:>9.1e} {limit:>9.0e}"
        print(f"{'pass' if ok else 'FAIL'}  {self.name:<12} {what:<38} {cases:>7} {values}  {note}".rstrip(),
              flush=True)

    def status(self):
        return 1 if self.failed else 0
