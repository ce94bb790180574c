## /notify and /mute: which of the bot's own messages ring.

command-notify = Which messages ring, quiet hours, mute
command-mute = Silence for some hours; exits ring

notices-signs = 🔔 rings · 🔕 comes silently · ✖ not at all. Tap one to change it.
notices-line = { $sign } { $about }
notices-about =
    { $kind ->
        [entries] Entries: filled or not
        [targets] Targets and partial closes
        [exits] Stops and closes
        [alarms] Alarms: liquidation, no stop, limits, keys
        [alerts] Price alerts
        [reports] Reports of your trading
        [license] License and payments
        [announcements] News of the bot and of Bybit
       *[other] The rest: late answers, support
    }
notices-kind =
    { $kind ->
        [entries] Entries
        [targets] Targets
        [exits] Closes
        [alarms] Alarms
        [alerts] Prices
        [reports] Reports
        [license] License
        [announcements] News
       *[other] The rest
    }
notices-never-off = Alarms, license and the rest can be silent, never off.
notices-always = These messages can be silent, but not off: they are about your money or answer you.
notices-unread = I read it like this: <code>/notify entries off</code>, <code>/notify all silent</code>, <code>/notify quiet 23-8</code>.

quiet-none = Quiet hours: none.
quiet-hours = Quiet hours: <b>{ $hours }</b> { $zone }.
quiet-about = In quiet hours only targets, closes and alarms ring, as you set them. All else comes silently.
quiet-type = Tap, or type yours, by the clock of { $zone }: <code>23:30-7:15</code>.
quiet-unread = I read quiet hours like this: <code>23-8</code> or <code>23:30-7:15</code>. <code>off</code> ends them.
question-notify-quiet = your quiet hours
button-quiet = Quiet hours
button-no-quiet = None

mute-none = <b>Messages</b>: not muted.
mute-until = 🔕 <b>Muted</b> until { $until }. Targets, closes and alarms ring as they are set.
mute-unread = I read it like this: <code>/mute 8h</code>, <code>/mute until 08:00</code>, <code>/mute off</code>; seven days at most.
button-mute = Mute { $hours } h
button-unmute = End mute now
button-notify = Messages
notify-by-kind = By kind
