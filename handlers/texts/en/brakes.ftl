## What stops entries: panic, pause, halt; limits; practice again.
command-panic = Stop entries at once, close everything
command-pause = No entries until /resume
command-resume = Entries again
command-halt = Stop everybody’s entries
command-unhalt = Let everybody enter again
button-panic = Panic
button-pause = Pause
button-resume = Resume
button-halt = Halt
button-unhalt = Unhalt

# Panic.
panic-title = 🛑 <b>Panic</b> · { $account }
panic-stopped = Entries are stopped until /resume. Stops and targets stay.
panic-canceled =
    { $count ->
        [0] No entry order waited.
        [one] { $count } entry order canceled.
       *[other] { $count } entry orders canceled.
    }
panic-line = { $mark } <b>{ $leg }</b>: { $progress } { $reason }
panic-more = and { $count } more
panic-progress =
    { $progress ->
        [stands] open
        [flat] flat
        [refused] not closed
        [unknown] no answer yet, I keep asking
       *[closing] closing
    }
panic-untouched = not touched
panic-foreign = Opened elsewhere, not included:
panic-unknown =
    { $count ->
        [one] ⏳ { $count } order is unknown until { $time }. What it fills is closed.
       *[other] ⏳ { $count } orders are unknown until { $time }. What they fill is closed.
    }
panic-refused = ⛔ What was refused still stands: close it in Bybit’s app. I try again when the reason has ended.
panic-confirm = Close them at market?
panic-closing = ⏳ Closing.
panic-flat = ✅ <b>Flat</b>: I read it back at the exchange.
panic-nothing = Nothing is open here.
button-panic-these-too = Close these too: { $count }

# Pause and halt.
pause-done = ⏸ <b>Paused</b> · { $account }: no entries until /resume. Positions, stops and targets stay as they are.
resume-done = ▶ <b>{ $account }</b>: entries are open again.
resume-was-none = <b>{ $account }</b> was not paused.
button-resume-entries = Resume entries
halt-on = 🛑 <b>Entries are halted for everybody</b> since { $time }, by { $name }. Closes, stops and cancels work.
halt-reason = Reason: { $reason }
halt-none = Entries are not halted.
halt-lifted = ▶ The halt is lifted.
halt-was-none = Nothing was halted.
halt-stands = 🛑 Entries of everybody are halted since { $time }, so nothing is entered yet.
button-lift-halt = Lift the halt
