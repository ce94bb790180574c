## What stands against a change of a position.

manage-share-range = A part is more than 0 % and at most 100 % of the position.
manage-part-too-small = That is less than Bybit closes at once: at least { $least } { $coin }. Take a larger part, or close all of it.
manage-stop-above-price = The price is { $price } now. The stop of a long must stand below it, or it would go off at once.
manage-stop-below-price = The price is { $price } now. The stop of a short must stand above it, or it would go off at once.
manage-stop-beyond-liquidation = Liquidation comes first, at { $price }: a stop beyond it would never help. Move the stop nearer to the price.
manage-no-breakeven = Nobody says where this position breaks even, so the stop stays as it is.
manage-breakeven-passed = The price has passed the breakeven at { $price }, so the stop stays as it is. You can close the position now.
disagreement-no-restore = This can't be undone from here: only a stop or a target can be put back.
manage-no-plan = This position was opened elsewhere, so there are no targets of mine to change.
manage-target-passed = The price is { $price } now: a target must lie beyond it, on the side of the profit.
manage-too-many-targets =
    { $most ->
        [0] All targets of this position are used up. Close the rest when you like.
        [one] One target more is possible here.
       *[other] At most { $most } targets are possible here.
    }
manage-cancel-promise = That is the stop or the target of the whole position. Move it or take it away on the card of the position.
entry-halted = New orders are stopped for everybody right now. Positions can be closed as always.
close-blocked = Orders of yours that only close fill its whole size already. Cancel them, then close again.
