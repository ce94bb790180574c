## License: what is held, what is banked, what each type opens, reminders.

command-license = What you have and until when

license-title = <b>License</b>
license-none = You have no license.
license-practice = The practice account is free and needs none.
license-type =
    { $kind ->
        [trial] Trial
        [basic] Basic
        [premium] Premium
       *[other] No license
    }
license-running = <b>{ $kind }</b> until { $date }.
license-days-left =
    { $days ->
        [one] { $days } day left.
       *[other] { $days } days left.
    }
license-hours-left = { $span } left.
license-then =
    { $days ->
        [one] Then <b>{ $kind }</b>, { $days } day: from { $start } until { $end }.
       *[other] Then <b>{ $kind }</b>, { $days } days: from { $start } until { $end }.
    }
license-ended = Your { $kind } license ended { $date }.
license-from-then = From { $date } on:
license-expiry = When a license ends, nothing is closed: positions, orders and stops at Bybit stay as they are. Only new entries stop, where the license opened them.
license-table = <b>What each type opens</b>
license-today =
    { $live ->
        [off] Live trading is switched off on this bot, so no license opens it. Signals and strategies are not there yet.
       *[on] Signals and strategies are not there yet.
    }
license-by-hand = New entries by hand:
license-by-signals = New entries by signals and strategies:
license-by-both = New entries, by hand and by signals:
license-how-many = At most ({ $plans }); accounts of each kind at Bybit:
license-kind = Type
license-column =
    { $kind ->
        [trial] Trial
        [basic] Basic
        [premium] Premium
       *[other] Free
    }
license-account =
    { $account_type ->
        [paper] Practice
        [demo] Bybit Demo
       *[live] Live
    }
license-place =
    { $account_type ->
        [paper] Practice
        [demo] Demo
       *[live] Live
    }
license-limit =
    { $limit ->
        [strategies] Strategies
        [providers] Providers
       *[accounts] Accounts
    }
license-needed =
    { $account_type ->
        [demo] New entries on Bybit Demo need a license: { $kind ->
            [trial] Trial
            [basic] Basic
           *[premium] Premium
        } or higher. /license shows yours.
       *[live] New entries on Live need a license: { $kind ->
            [trial] Trial
            [basic] Basic
           *[premium] Premium
        } or higher. /license shows yours.
    }
license-trial-offer =
    { $days ->
        [one] A trial lasts { $days } day, once, free of charge. It opens orders on Bybit Demo.
       *[other] A trial lasts { $days } days, once, free of charge. It opens orders on Bybit Demo.
    }
license-trial-started =
    { $days ->
        [one] ✓ Your trial has started: { $days } day.
       *[other] ✓ Your trial has started: { $days } days.
    }
license-trial-had = You have had your trial; there is one for each person.
license-trial-had-before = This Telegram account had its trial before its data was erased; there is one for each person.
button-trial =
    { $days ->
        [one] Start the { $days }-day trial
       *[other] Start the { $days }-day trial
    }
button-license = License
button-license-redeem = Redeem a code
button-license-subscribe = Buy a license

promise-license-ends =
    { $days ->
        [0] Your <b>{ $kind }</b> license ends today, { $on }.
        [one] Your <b>{ $kind }</b> license ends in <b>{ $days } day</b>, on { $on }.
       *[other] Your <b>{ $kind }</b> license ends in <b>{ $days } days</b>, on { $on }.
    }
promise-license-ended = Your <b>{ $kind }</b> license has ended, on { $on }.
license-then-nothing = After that:
license-then-type = Then <b>{ $kind }</b> runs, until { $until }, and with it:
license-now-type = <b>{ $kind }</b> runs now, until { $until }.
license-no-entries = – no new entries: { $accounts }
license-at-most = – at most: { $limits }
license-stays = Practice stays free. Positions, orders and stops at Bybit stay as they are.
button-renew = Renew { $kind } · { $price }
button-buy = Buy { $kind } · { $price }
