## What stops entries: panic, pause, halt; limits; practice again.
command-panic = Stop entries at once, close everything
command-pause = No entries until /resume
command-resume = Entries again
command-halt = Stop everybody’s entries
command-unhalt = Let everybody enter again
button-panic = Panic
button-pause = Pause
button-halt = Halt
button-unhalt = Unhalt

# Panic.
panic-title = 🛑 <b>Panic</b> · { $account }
panic-stopped = Entries are stopped until /resume. Stops and targets stay.
panic-canceled =
    { $count ->
        [0] No entry order waits here.
        [one] { $count } entry order canceled.
       *[other] { $count } entry orders canceled.
    }
panic-line = { $mark } <b>{ $leg }</b>: { $progress }
panic-line-result = { $line } · { $net }
panic-more = and { $count } more
panic-count = { $flat } of { $all } are flat.
panic-progress =
    { $progress ->
        [stands] open
        [flat] flat
        [refused] not closed
        [unknown] no answer yet, I keep asking
       *[closing] closing
    }
panic-untouched = not touched
panic-foreign = Not managed by me, not included:
panic-foreign-entries = Orders placed elsewhere, not included:
panic-unreadable = ⏳ Bybit's answer about { $names } can't be read, so I do not say flat. Please look in Bybit's app.
panic-unknown =
    { $count ->
        [one] ⏳ { $count } order is unknown until { $time }. What it fills is closed.
       *[other] ⏳ { $count } orders are unknown until { $time }. What they fill is closed.
    }
panic-silence =
    { $silence ->
        [no-key] ⛔ Bybit does not take the key of this account any more: close in Bybit’s app. /keys
       *[no-answer] ⏳ Bybit does not answer about the positions: these are the last that I know of. I go on asking.
    }
panic-refused = ⛔ What was refused still stands: close it in Bybit’s app. I try again when the reason has ended.
panic-confirm = Close them at market?
panic-closing = ⏳ Closing.
panic-flat = ✅ <b>Flat</b>: I read it back at the exchange.
panic-flat-but =
    ✅ Flat of what you ticked: I read it back at the exchange. <b>Still open</b>, opened elsewhere: { $names }{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    }.
panic-nothing =
    { $foreign ->
        [0] Nothing is open here.
       *[other] Nothing is open that I manage.
    }
button-panic-these-too = Close these too: { $count }
button-panic-cancel-too = Cancel these too: { $count }
button-panic-there = Panic: { $account }
panic-this-alone = <i>{ $account } alone: other accounts go on.</i>

# Pause and halt.
pause-done = ⏸ <b>Paused</b> · { $account }: no entries until /resume. Positions, stops and targets stay as they are.
resume-done = ▶ <b>{ $account }</b>: entries are open again.
resume-was-none = <b>{ $account }</b> was not paused.
button-resume-entries = Resume entries
halt-on = 🛑 <b>Entries are halted for everybody</b> since { $time }, by { $name }. Closes, stops and cancels work.
halt-not-managed = ⚠️ <b>Positions are not managed either</b>: another instance of this bot may be doing so. What stands at Bybit stays as it is until the halt is lifted.
halt-reason = Reason: { $reason }
halt-none = Entries are not halted.
halt-lifted = ▶ The halt is lifted.
halt-was-none = Nothing was halted.
halt-stands = 🛑 Entries of everybody are halted since { $time }, so nothing is entered yet.
button-lift-halt = Lift the halt

# Limits.
command-limits = Limits on entries
button-limits = Limits
limits-title = <b>Limits</b> · { $account }
limits-about = <i>Tighter stands at once, looser after 24 hours. They stop entries; closes always work.</i>
limits-waiting = ⏳ { $changes }: from { $time }
limits-unknown = I know no limit “{ $word }”. /limits lists them all.
limits-symbols = At most { $most } symbols, please.
limit-title = <b>{ $name }</b> · { $account }
limit-name =
    { $limit ->
        [positions] Positions
        [leverage] Leverage
        [symbol] A symbol
        [total] In total
        [risk] A trade
        [daily] A day
        [drawdown] Drawdown
        [cooldown] Cooldown
        [tilt] Losses
        [turnover] Turnover
       *[symbols] Only these
    }
limit-about =
    { $limit ->
        [positions] How many positions may be open at once.
        [leverage] The most leverage that an entry may have.
        [symbol] The most position value in one symbol.
        [total] The most position value of all positions together.
        [risk] The most that one trade may lose at its stop, of the account value.
        [daily] After this loss since your 00:00 no entry today.
        [drawdown] After this loss from the highest account value no entry.
        [cooldown] So many minutes without an entry after a losing close.
        [tilt] So many losing closes in a row lock entries until your next day; nobody lifts that early.
        [turnover] Markets with less turnover in 24 hours are refused.
       *[symbols] Only these symbols may be entered.
    }
limit-now = Now: <b>{ $value }</b>
limit-typed = Tap a value, or send another one.
limit-none = no limit
limit-ask = <b>{ $name }</b>: { $before } → <b>{ $after }</b>. Set it?
limit-stands = ✅ <b>{ $name }</b>: { $before } → <b>{ $after }</b>, from now on. You can take it back for a minute.
limit-waits = ⏳ <b>{ $name }</b>: { $before } → <b>{ $after }</b> from { $time }: looser waits a day.
limit-taken-back = ✅ Taken back.
button-set-limit = Set it
button-take-back = Take back
question-limits-value = the value of a limit

# Practice.
command-practice = Practice money again
practice-title = <b>Practice from the beginning</b>
practice-about = Positions and orders of Practice go, 10,000 USDT come. What you did before stays in the statistics, as a run of its own.
practice-choice =
    { $mode ->
        [hedge] Hedge: a long and a short of one symbol at once.
       *[other] One-way: one position a symbol.
    }
practice-mode =
    { $mode ->
        [hedge] Hedge
       *[other] One-way
    }
practice-margin =
    { $margin ->
        [ISOLATED_MARGIN] Isolated
       *[other] Cross
    }
practice-done = ✅ <b>Practice begins again</b>: { $money }, run { $run }. { $settings }
button-practice-reset = Begin again with { $money }
