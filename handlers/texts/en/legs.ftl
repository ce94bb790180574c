## A position and what is done about it: close, stop, targets, orders.

command-close = Close a position, all or part

leg-title = <b>{ $symbol }</b>
leg-head = <b>{ $name }</b> · { $account }
leg-flat = <b>{ $symbol }</b>: nothing is open in { $account }.
leg-net = { $arrow } If closed now: <b>{ $net }</b> after fees and spread
leg-net-unknown = What a close would bring is not known: there is no price right now.
leg-target = Target { $number }
leg-stop-changed = ⚠️ Bybit and I disagree: the stop or the last target was changed elsewhere. Seen { $time }. I put nothing back by myself.
leg-stop-on-its-way = ⏳ The stop is on its way and not confirmed yet.
leg-stop-at-exchange = 🛡 The exchange holds the stop.
leg-stop-verified = 🛡 The exchange holds the stop: seen { $age } ago.
leg-breakeven =
    { $state ->
        [done] The stop stands at breakeven.
        [passed] ⚠️ The price had passed breakeven: the stop was left where it is.
       *[other] After the first target the stop goes to breakeven.
    }
leg-owner =
    { $owner ->
        [foreign] ⚠️ I do not manage this position, I only watch it.
       *[mixed] ⚠️ Part of it was opened elsewhere: { $ours } is by me, a close takes all of it.
    }
leg-before = ◀ { $name }
leg-after = { $name } ▶
button-close = Close a position
button-leg-close = Close
button-leg-all = All
button-leg-half = ½
button-leg-quarter = ¼
button-leg-stop = Stop
button-leg-targets = Targets
button-leg-breakeven = Breakeven
button-leg-orders = Orders: { $count }

close-title = <b>Close</b> · { $account }
close-what =
    { $whole ->
        [1] Close all of it, <b>{ $size }</b>, at market.
       *[other] Close <b>{ $size }</b> at market; the rest stays.
    }
close-net = { $arrow } About <b>{ $net }</b> after fees and spread
close-line = { $arrow } { $leg }: <b>{ $net }</b>
close-lead = If closed now, after fees and spread:
close-nothing = Nothing is open there.
close-how = How much of it? For example: <code>close btc half</code> or <code>close btc 30%</code>
close-too-small = ⚠️ Too small to close a part of, so it stays as it is: { $names }
close-two-groups = Which of them? One group at a time: <code>close losers</code>
close-no-such = Nothing is open in { $symbol }. /positions shows what is.
leg-none-there =
    Nothing is open in { $symbol } on { $account }. { $elsewhere ->
        [none] /positions shows what is.
        [paper] On Practice there is: add the word <code>practice</code>.
        [demo] On Bybit Demo there is: add the word <code>demo</code>.
       *[live] On Live there is: add the word <code>live</code>.
    }
close-together = { $share } together: about <b>{ $net }</b>
close-share =
    { $percent ->
        [100] All of it
       *[other] { $percent }% of each
    }
button-close-now = Close { $size }
button-close-many =
    { $percent ->
        [100] { $count ->
            [one] Close { $count } position
           *[other] Close { $count } positions
        }
       *[other] Close { $percent }% of each: { $count }
    }
button-close-half-of-each = Half of each instead
close-more = … and { $count } more
close-together-without =
    { $count ->
        [one] Without { $count } position that has no price right now.
       *[other] Without { $count } positions that have no price right now.
    }
closing-count = Done: { $done } of { $all }
closing-together = Together: <b>{ $net }</b> after all fees
button-close-half-of-all = ½ of all
button-close-whole = All of it instead
button-close-group =
    { $group ->
        [win] Winners: { $count }
        [lose] Losers: { $count }
        [long] Longs: { $count }
        [short] Shorts: { $count }
       *[all] All { $count }
    }
closing-title = <b>Closing</b> · { $account }
closing-sent = ⏳ <b>{ $symbol }</b>: the close is on its way.
closing-unknown = ⏳ <b>{ $symbol }</b>: the answer has not come yet. I keep asking; nothing is sent twice.
closing-refused = ⛔ <b>{ $symbol }</b>: not closed. { $reason }
closing-again = ⏳ <b>{ $symbol }</b>: not closed yet. { $reason } I try again until it is.
closing-goes-on = ⏳ The rest is still being closed.
closing-done = ✅ <b>{ $symbol }</b>: closed { $size } at { $price }
closing-counting = ⏳ Filled; counting what it brought.
closing-result = { $arrow } <b>{ $pnl }</b> after all fees
closing-cost =
    { $known ->
        [1] It cost: fees { $fees }, slippage { $slippage }
       *[other] It cost: fees { $fees }
    }
closing-funding = Funding while it was open: { $funding }
intent-refused = The exchange said no (code { $code }).

# Stop, targets, breakeven.
stop-ask = <b>Where shall the stop stand?</b> Tap one, or send a price (<code>62900</code>) or a distance from now (<code>2%</code>). It is set at once; the old stop stays until the new one stands.
stop-moved = ✅ Stop: { $before } → <b>{ $after }</b>
targets-ask = <b>Where shall profit be taken?</b> Tap one for all of it, or send up to five prices, with shares if you like: <code>66k 68k 70k 50/30/20</code>. New targets take the place of the old ones.
targets-how = Up to { $most } prices, please, with shares behind them if you like: <code>66k 68k 70k 50/30/20</code>
targets-shares = One share for each of the { $count } prices, please; together at most 100: <code>50/30/20</code>
targets-set =
    { $count ->
        [0] ✅ No targets any more.
       *[other] ✅ Targets are being set:
    }
targets-line = Target { $number } · <b>{ $price }</b> · { $size }
targets-joined = Target { $number } · <b>{ $price }</b> · too small to stand alone ({ $size }), joins the next
breakeven-ask = A close at <b>{ $price }</b> costs nothing: all fees counted. Shall the stop go there?
breakeven-done = ✅ <b>{ $symbol }</b>: the stop stands at breakeven.
level-sent = ⏳ <b>{ $symbol }</b>: the change is on its way; the old stop stands.
level-unknown = ⏳ <b>{ $symbol }</b>: the answer has not come yet. I read the stop back and tell you.
level-refused = ⛔ <b>{ $symbol }</b>: the stop stays as it was. { $reason }
button-no-stop = No stop
button-no-targets = No targets
button-to-breakeven = Move the stop there
question-trade-stop = where the stop shall stand
question-trade-targets = where profit shall be taken

# Canceling orders.
cancels-title = <b>Cancel orders</b> · { $account }
cancels-none = No order waits there.
cancels-line = { $number }. <b>{ $symbol }</b> · { $side } · { $size } · { $price }
cancels-stops = <i>Stops and take profits stand on the position’s card: [Stop], [Targets].</i>
cancels-market = market
button-cancel-order = ✕ { $number }. { $name }
button-cancel-all = Cancel all entries
button-cancel-some = Cancel orders
canceling-title = <b>Canceling</b> · { $account }
canceling-none = No entry waited; stops and targets stay.
canceling-sent = ⏳ <b>{ $symbol }</b>: the cancel is on its way.
canceling-unknown = ⏳ <b>{ $symbol }</b>: the answer has not come yet. I keep asking.
canceling-done = ✅ <b>{ $symbol }</b>: canceled.
canceling-late = <b>{ $symbol }</b>: it was gone already: filled or canceled. { $reason }

# Messages that ring.
told-entry-filled =
    { $whole ->
        [1] ✅ Filled: { $side } { $filled } at { $price }
       *[other] ✅ Filled in part: { $side } { $filled } at { $price }; { $rest } was not filled.
    }
told-entry-none =
    { $state ->
        [unknown] ⏳ { $side } { $size }: the answer has not come yet. I keep asking; nothing is sent twice. { $reason }
        [rejected] ⛔ { $side } { $size } was refused. { $reason }
        [refused] ⛔ { $side } { $size } was refused. { $reason }
        [abandoned] { $side } { $size } was never sent. { $reason }
        [not_placed] { $side } { $size } never reached the exchange; you can send it again. { $reason }
       *[other] { $side } { $size } was canceled without a fill. { $reason }
    }
told-closed =
    { $reason ->
        [target] 🎯 <b>{ $target ->
            [0] Target
           *[other] Target { $target }
        } reached</b>: { $side } { $size } closed
        [stop] 🛡 <b>Stop hit</b>: { $side } { $size } closed
        [trailing] 🛡 <b>Trailing stop hit</b>: { $side } { $size } closed
        [liquidation] 🔥 <b>Liquidated</b>: { $side } { $size }
        [adl] ⛔ <b>Cut by ADL</b>: { $side } { $size }
        [emergency] ⛔ <b>Closed because its stop could not be set</b>: { $side } { $size }
        [settlement] ⛔ <b>Settled</b>, as it is not traded any more: { $side } { $size }
        [elsewhere] <b>Closed elsewhere</b>: { $side } { $size }
       *[other] <b>Closed</b>: { $side } { $size }
    }
told-closed-prices = { $entry } → <b>{ $exit }</b>
told-remaining = { $size } stays open.
told-closed-whole = The whole trade after all costs, { $count } closes: <b>{ $whole }</b>
told-exit-refused =
    { $intent ->
        [close] ⛔ <b>Not closed.</b> { $reason } The position stands: close it in Bybit’s app if it is urgent.
        [reduce] ⛔ <b>Not closed.</b> { $reason } The position stands as it was.
        [stop] ⛔ <b>The stop was not set.</b> { $reason }
        [target] ⛔ <b>{ $target ->
            [0] A target
           *[other] Target { $target }
        } was not set.</b> { $reason }
       *[other] ⛔ <b>The exchange said no.</b> { $reason }
    }
told-stop-missing = 🚨 <b>The stop at { $stop } does not stand yet.</b> I am setting it; if the price passes it, I close the position.
told-stop-changed = ⚠️ <b>Bybit and I disagree.</b> Somebody changed this at Bybit; I put nothing back by myself, and resting entries here are canceled.
told-stop-was = Stop: promised { $promised }, now <b>{ $seen }</b>
told-target-was = Last target: promised { $promised }, now <b>{ $seen }</b>
told-level-by =
    { $trigger ->
        [MarkPrice] { $price } (mark price)
        [IndexPrice] { $price } (index price)
       *[LastPrice] { $price } (last price)
    }
told-target-gone = ⚠️ <b>Bybit and I disagree.</b> Target { $number } at { $price } was canceled elsewhere; I do not put it back by myself.
told-target-moved = ⚠️ <b>Bybit and I disagree.</b> Target { $number } at { $price } stands at <b>{ $seen }</b> now; I do not move it back by myself.
told-target-refused = ⚠️ Target { $number } at { $price } does not stand: the exchange did not take it. { $reason }
told-breakeven = 🛡 First target reached: the stop goes to <b>{ $stop }</b>, where the whole trade breaks even.
told-breakeven-passed = ⚠️ First target reached, but the price has passed breakeven already: the old stop stays.
told-foreign = ⚠️ <b>Bybit and I disagree.</b> The position is { $size }, of which { $ours } was opened here. I leave the stop alone; targets and breakeven wait, and I add nothing.
told-turned = ⚠️ <b>Bybit and I disagree.</b> The position has turned: { $size } stands at Bybit, { $ours } was opened here. I set no stop for it; entries from here are canceled.
told-gone = ⚠️ <b>Bybit and I disagree.</b> The position does not stand any more, and I saw no trade that closed it. Its entries and targets are canceled; Bybit's history says more.
told-found = ⚠️ Found after a restore: this is mine, but its targets are unknown. Resting entries are canceled; the position keeps its stop.
breakeven-passed = A close costs nothing at <b>{ $price }</b>, but the price is not there: a stop would go off at once. The stop stays as it is.
breakeven-unknown = Where a close costs nothing is not known: { $price }. The stop stays as it is.
close-no-parts = <i>A part of it would be less than the smallest order, so all of it is closed.</i>
told-updates-taken =
    { $by ->
        [instance] 🛑 <b>Another instance of this bot takes what people say to it</b>: it asks Telegram with the same token. Entries of everybody are halted. Stop one of the two, then lift the halt by /unhalt. If nobody of you started it, the token has leaked: revoke it at @BotFather.
       *[webhook] 🛑 <b>Telegram sends what people say to this bot elsewhere</b>: another webhook, or none, is set for its token. Entries of everybody are halted. See to the webhook (<code>perpdesk webhook take</code> on the server), then lift the halt by /unhalt. If nobody of you set it, the token has leaked: revoke it at @BotFather.
    }
told-managed = Stops and closes work.
told-not-managed = ⚠️ <b>Positions are not managed either</b>, so that two of us do not move their stops and targets: what stands at Bybit stays as it is until /unhalt.
told-entries-halted =
    { $count ->
        [one] 🛑 Entries of everybody are halted. { $count } entry of yours still waits and may be filled.
       *[other] 🛑 Entries of everybody are halted. { $count } entries of yours still wait and may be filled.
    }
told-margin-mode = ⚠️ The margin mode of this account was switched from <b>{ $before }</b> to <b>{ $after }</b>, not by me. What stands is now covered otherwise than its cards said: look at the liquidation of each position. Orders that rest go on, and new cards count with the new mode.
margin-mode =
    { $mode ->
        [ISOLATED_MARGIN] isolated
        [PORTFOLIO_MARGIN] portfolio
       *[REGULAR_MARGIN] cross
    }
told-maintenance =
    { $known ->
        [1] 🛠 <b>Bybit is under maintenance</b>, until about { $end }. Orders, closes and answers may be late or fail. Stops and targets stand at Bybit; I keep asking and tell what became of yours.
       *[other] 🛠 <b>Bybit is under maintenance.</b> Orders, closes and answers may be late or fail. Stops and targets stand at Bybit; I keep asking and tell what became of yours.
    }
told-maintenance-title = <i>Bybit: { $title }</i>
told-account = <b>{ $account }</b>
told-entries-unlicensed =
    { $count ->
        [one] ⏳ The license that opened entries here has ended. { $count } entry still waits and may be filled.
       *[other] ⏳ The license that opened entries here has ended. { $count } entries still wait and may be filled.
    }
cancel-gone = That order of <b>{ $symbol }</b> is gone: filled or canceled. /trades shows which.
