## What stands against a change of a position.

manage-share-range = A part is more than 0 % and at most 100 % of the position.
manage-part-too-small = That is less than Bybit closes at once: at least { $least } { $coin }. Take a larger part, or close all of it.
manage-stop-above-price = The price is { $price } now. The stop of a long must stand below it, or it would go off at once.
manage-stop-below-price = The price is { $price } now. The stop of a short must stand above it, or it would go off at once.
manage-stop-beyond-liquidation = Liquidation comes first, at { $price }: a stop beyond it would never help. Move the stop nearer to the price.
manage-no-breakeven = Nobody says where this position breaks even, so the stop stays as it is.
manage-breakeven-passed = The price has passed the breakeven at { $price }, so the stop stays as it is. You can close the position now.
disagreement-no-restore = This can't be undone from here: only a stop or a target can be put back.
manage-no-plan = I do not manage this position, so there are no targets of mine to change.
manage-target-passed = The price is { $price } now: a target must lie beyond it, on the side of the profit.
manage-too-many-targets =
    { $most ->
        [0] All targets of this position are used up. Close the rest when you like.
        [one] One target more is possible here.
       *[other] At most { $most } targets are possible here.
    }
manage-cancel-promise = That is the stop or the target of the whole position. Move it or take it away on the card of the position.
entry-halted = New orders are stopped for everybody right now. Positions can be closed as always.
entry-disk-full = No room is left on my disk: new orders wait until there is. Positions can be closed as always.
close-blocked = Orders of yours that only close fill its whole size already. Cancel them, then close again.
order-brief = • { $side } { $size } · { $price }

# Bybit and I disagree; positions opened elsewhere.
disagreement-since = Since { $time }.
disagreement-gone = ⚠️ The position is not there any more, and I know no trade that closed it.
disagreement-choices =
    { $restore ->
        [1] <b>Restore</b>: as it was promised. <b>Manage it for me</b>: what stands at Bybit counts from now on. <b>Watch only</b>: I leave the position alone, what stands at Bybit stays.
       *[other] <b>Manage it for me</b>: all that stands at Bybit counts from now on. <b>Watch only</b>: I leave the position alone, what stands at Bybit stays.
    }
disagreement-ended =
    { $how ->
        [agreed] ✅ Bybit and I agree again.
        [accepted] ✅ What stands at Bybit counts from now on, and I manage all of it.
        [released] 👁 I only watch it from now on: the position, its stop and its last target at Bybit stay; entries and earlier targets from here are being canceled.
       *[flat] The position is closed.
    }
disagreement-restoring =
    { $kind ->
        [target] ⏳ Target { $number } is put back at { $price }. The card of the position shows when it stands.
       *[stop] ⏳ This is set again as it was promised. The card of the position shows when it stands.
    }
disagreement-over = That is settled: the position or its account is not here any more.
manage-about = I keep its stop and its target at Bybit, move them when you say so, and alarm you when somebody else does. I close nothing by myself.
manage-done = ✅ <b>I manage it from now on.</b>
manage-stop = Stop: { $price }
manage-target = Target: { $price }
button-restore = Restore
button-manage = Manage it for me
button-watch = Watch only
button-release = Leave it open, stop managing
button-disagreement = ⚠️ We disagree: { $what }
disagreement-what =
    { $what ->
        [stop] stop
        [take_profit] last target
        [trailing] trailing stop
        [target] target { $number }
        [grown] size
        [turned] side
        [gone] position
       *[found] after a restore
    }
button-decide = What to do ›
again-under-way = That order is not over yet: its card says how it stands.
again-filled = That order was filled as a whole: nothing is left to be sent.
