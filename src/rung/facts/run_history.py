"""Where the numbers of an item came from: the events behind it, walked back over reads and uses, column by column where columns are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rung.core.marks import fact
from rung.inputs.trace import Event, Trace
from rung.inputs.trace_parts import Item, Rows

MASKS = ("mask", "key", "condition", "indexer", "labels", "by", "index", "columns")  # roles that choose rows, and give no values
PASSED_ON = ("self", "X", "value", "left", "right", "a", "object", "frame", "data", "df", "arr", "x", "other")
Live = frozenset[str] | None  # columns that matter, None for all
SAME_NAMES = re.compile(
    r"\.(__getitem__|loc|iloc|copy|drop|dropna|reset_index|sort_values|head|tail)$"
)  # columns keep their names through these
NO_COLUMNS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Trail:
    """An event behind an item.

    event : its id.   chosen : True where it only chose which rows stay (a mask), and gave no value.
    """

    event: int
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunHistory:
    """The trace, with the histories of its items.

    behind : item -> the events whose work is in its values (worked out when asked).   aliases : item -> earlier item with the same contents.
    """

    trace: Trace
    aliases: dict[int, int]
    _memo: dict[tuple[int, Live, frozenset[str]], frozenset[Trail]] = field(default_factory=dict, repr=False)

    def behind(self, item: int | None, without: frozenset[str] = NO_COLUMNS) -> frozenset[Trail]:
        """Events behind an item's values, each once; an event that gave values counts as such also where it chose rows.

        without : columns that the item is known not to hold, where its own columns are not known; what was written into them is left out.
        """
        return frozenset() if item is None else self._walk(item, None, without)

    def behind_column(self, item: int, column: str) -> list[Event]:
        """Events behind one column of a table, in order."""
        return [
            self.trace.events[each.event]
            for each in sorted(self._walk(item, frozenset((column,)), NO_COLUMNS), key=lambda each: each.event)
        ]

    def events_behind(self, item: int | None) -> list[Event]:
        """The same as events, in order, those that only chose rows left out."""
        return [self.trace.events[each.event] for each in sorted(self.behind(item), key=lambda each: each.event) if not each.chosen]

    def rows(self, item: int | None) -> Rows | None:
        """Known rows of an item, None where they are not all known."""
        rows = None if item is None else self.trace.items[item].rows
        return None if rows is None or (len(rows) and rows.min() < 0) else rows

    def item(self, number: int | None) -> Item | None:
        """The item of this number."""
        return None if number is None else self.trace.items[number]

    def _walk(self, item: int, live: Live, without: frozenset[str]) -> frozenset[Trail]:
        """Depth-first without recursion: histories can be thousands of events long."""
        key = (item, live, without)
        if key in self._memo:
            return self._memo[key]
        found: set[Trail] = set()
        seen: set[tuple[int, Live, bool]] = set()
        waiting: list[tuple[int, Live, bool]] = [(item, live, False)]
        while waiting:
            step = waiting.pop()
            if step in seen:
                continue
            seen.add(step)
            number, wanted, chosen = step
            wanted = self._all_of(number) if wanted is None else wanted
            maker = self._maker(number)
            if maker is not None:
                touched = self._touched(maker, wanted, without)
                self._visit(maker, number, wanted, found, waiting, chosen=chosen, touched=touched)
        values = {each.event for each in found if not each.chosen}
        self._memo[key] = frozenset(each for each in found if not each.chosen or each.event not in values)
        return self._memo[key]

    def steps(self, number: int, live: Live) -> list[tuple[Event, int, list[tuple[int, Live]]]]:
        """The event that gave an item its values, with what it made and what it read there, masks left out; events that wrote into other
        columns than those asked for are passed over.
        """
        maker = self._maker(number)
        if maker is None:
            return []
        touched = self._touched(maker, live)
        inputs = [(item, wanted) for item, wanted, mask in self._inputs(maker, number, live, touched=touched) if not mask]
        if touched:
            return [(maker, self.aliases.get(number, number), inputs)]
        return [each for item, wanted in inputs for each in self.steps(item, wanted)]

    def ends_early(self, item: int, without: frozenset[str] = NO_COLUMNS) -> bool:
        """Whether some thread of an item's history ends in an object that nobody was seen to make; `without` as for `behind`."""
        waiting: list[tuple[int, Live]] = [(item, None)]
        seen = set(waiting)
        while waiting:
            number, live = waiting.pop()
            live = self._all_of(number) if live is None else live
            maker = self._maker(number)
            if maker is None and self.trace.items[number].followed != "origin":
                return True
            if maker is None or maker.kind == "load":
                continue
            touched = self._touched(maker, live, without)
            for use, wanted, mask in self._inputs(maker, number, live, touched=touched):
                if not mask and (use, wanted) not in seen:
                    seen.add((use, wanted))
                    waiting.append((use, wanted))
        return False

    def outer(self, event: Event) -> Event:
        """The user's own call that an inner call belongs to."""
        while event.depth and event.parent is not None:
            event = self.trace.events[event.parent]
        return event

    def _visit(
        self,
        maker: Event,
        number: int,
        wanted: Live,
        found: set[Trail],
        waiting: list[tuple[int, Live, bool]],
        *,
        chosen: bool,
        touched: bool,
    ) -> None:
        if touched:
            found.add(Trail(maker.id, chosen))
            found.update(Trail(each, chosen) for each in maker.uses)
            # What a used statistic was worked out from is behind the values too.
            waiting.extend((use.item, None, chosen) for each in maker.uses for use in self.trace.events[each].reads if use.item < number)
        for item, live, mask in self._inputs(maker, number, wanted, touched=touched):
            waiting.append((item, live, chosen or mask))

    def _all_of(self, item: int) -> Live:
        """Every column of a table, where they are known."""
        shown = self.trace.items[item]
        return frozenset(shown.columns) if shown.kind == "frame" and shown.columns else None

    @staticmethod
    def _touched(maker: Event, wanted: Live, without: frozenset[str] = NO_COLUMNS) -> bool:
        """Whether an event gave values to the columns asked for: one that writes into other columns did not."""
        into = _written(maker)
        return not into or bool(into - without if wanted is None else (into - without) & wanted)

    def _maker(self, number: int) -> Event | None:
        item = self.trace.items[self.aliases.get(number, number)]
        maker = self.trace.events[item.made_by] if 0 <= item.made_by < len(self.trace.events) else None
        wrote = maker is not None and any(use.item == item.id for use in maker.writes)
        return maker if wrote else self._aggregated(item)

    def _aggregated(self, item: Item) -> Event | None:
        """Rows that an aggregation made exist through it alone: what nobody was seen to make of them came from there."""
        if item.rows is None or not len(item.rows):
            return None
        first = int(item.rows[0])
        source = next((each for each in self.trace.sources if each.first <= first < each.first + each.n_rows), None)
        if source is None or source.kind != "aggregate" or source.event >= item.made_by:
            return None
        return self.trace.events[source.event]

    def _inputs(self, maker: Event, number: int, wanted: Live, *, touched: bool) -> Iterator[tuple[int, Live, bool]]:
        number = self.aliases.get(number, number)
        role = next((use.role for use in maker.writes if use.item == number), "result")
        place = role[role.find("[") :] if "[" in role else ""
        for use in maker.reads:
            if use.item == number or (maker.kind == "split" and place and not use.role.endswith(place)):
                continue
            if (maker.kind in ("fit-transform", "fit", "search") and use.role != "X") or (
                maker.kind == "resample" and use.role not in ("X", role)
            ):
                continue
            if maker.call.endswith("DataFrame.assign") and use.role != "self" and wanted is not None and use.role not in wanted:
                continue
            if maker.kind == "assign" and use.role == "self":
                yield use.item, None if wanted is None else wanted - set(maker.columns), False
            elif touched or "mixed" in maker.settings:
                yield use.item, self._narrowed(use.item, wanted, maker), use.role.split("[")[0] in MASKS
        return

    def _narrowed(self, item: int, wanted: Live, maker: Event) -> Live:
        """The columns that matter one step further back."""
        shown = self.trace.items[item]
        if shown.kind == "frame" and not shown.columns and (maker.kind in ("split", "select", "sample") or SAME_NAMES.search(maker.call)):
            return wanted
        if maker.kind == "assign" or not shown.columns:
            return frozenset((shown.name,)) if shown.kind == "series" and shown.name else None
        known = frozenset(shown.columns)
        if maker.call.endswith(".rank") and maker.reduction is not None and known >= frozenset(maker.reduction.columns):
            return frozenset(maker.reduction.columns)
        if wanted is not None:
            return known if wanted - known else wanted
        made = next((self.trace.items[use.item] for use in maker.writes), None)
        named = frozenset((made.name,)) if made is not None and made.kind == "series" and made.name else frozenset()
        return named if named and named <= known and maker.kind in ("derive", "select") else known


def _written(event: Event) -> frozenset[str]:
    """The columns that an assignment, or expressions that mix rows, write into; none where they are not known."""
    mixed = str(event.settings.get("mixed", "")).splitlines()
    return frozenset(mixed or (event.columns if event.kind == "assign" else ()))


@fact(cost="instant")
def run_history(trace: Trace) -> RunHistory:
    """Items that nobody was seen to make are the same as an earlier item with the same contents, where there is one."""
    first: dict[str, int] = {}
    aliases: dict[int, int] = {}
    for item in trace.items:
        if not item.digest:
            continue
        if item.followed == "content" and item.digest in first:
            aliases[item.id] = first[item.digest]
        first.setdefault(item.digest, item.id)
    return RunHistory(trace=trace, aliases=aliases)


def overlap(left: Rows, right: Rows) -> Rows:
    """Rows that both have, ascending."""
    return np.intersect1d(left, right)
