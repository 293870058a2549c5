"""A table of figures and the targets that they are held against."""


class Table:
    def __init__(self, title, head):
        self.title, self.rows, self.targets = title, [head], []

    def row(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def target(self, what, value, most, unit):
        verdict = "met" if value <= most else "MISSED"
        self.targets.append(f"  target {what}: at most {most:g} {unit}, measured {value:.4g}: {verdict}")

    def __str__(self):
        widths = [max(map(len, column)) for column in zip(*self.rows)]
        lines = [self.title, ""]
        for row in self.rows:
            first, *others = (cell.ljust(width) if i == 0 else cell.rjust(width)
                              for i, (cell, width) in enumerate(zip(row, widths)))
            lines.append("  " + "  ".join([first, *others]).rstrip())
        return "\n".join([*lines, "", *self.targets, ""])
