## If I vanish now: what the exchange holds, what lives only here.

command-vanish = What would go on without me
button-vanish = If I vanish
vanish-title = <b>If I vanish now</b> · { $account }
vanish-nothing =
    { $where ->
        [paper] Nothing is open and nothing rests there.
       *[bybit] Nothing is open and nothing rests at Bybit.
    }
vanish-safe =
    { $where ->
        [paper] ✅ The practice exchange holds every stop. Nothing there needs me.
       *[bybit] ✅ Bybit itself holds every stop. Nothing there needs me.
    }
vanish-naked =
    { $count ->
        [one] 🔴 <b>{ $count } position has no stop at the exchange.</b>
       *[other] 🔴 <b>{ $count } positions have no stop at the exchange.</b>
    }
vanish-here =
    { $count ->
        [one] 🔴 <b>Of { $count } position something lives only here.</b> Its loss is limited at the exchange all the same.
       *[other] 🔴 <b>Of { $count } positions something lives only here.</b> Their loss is limited at the exchange all the same.
    }
vanish-bare-entries =
    { $count ->
        [one] 🔴 <b>{ $count } order could be filled without a stop.</b>
       *[other] 🔴 <b>{ $count } orders could be filled without a stop.</b>
    }
vanish-half-entries =
    { $count ->
        [one] 🔴 <b>Of { $count } resting order something lives only here</b> until it is filled. Its stop rides along.
       *[other] 🔴 <b>Of { $count } resting orders something lives only here</b> until they are filled. Their stops ride along.
    }
vanish-unreadable =
    { $count ->
        [one] ⚠️ { $names } can’t be read: something may stand there.
       *[other] ⚠️ { $names } can’t be read: something may stand there.
    }
vanish-unknown =
    { $count ->
        [one] ⏳ Of { $count } order nobody knows yet whether the exchange has it. I keep asking.
       *[other] ⏳ Of { $count } orders nobody knows yet whether the exchange has them. I keep asking.
    }
vanish-holds =
    { $where ->
        [paper] 🛡 Practice holds: { $what }
       *[bybit] 🛡 Bybit holds: { $what }
    }
vanish-stop = stop { $price }
vanish-trailing = trailing { $price }
vanish-target = target { $price }
vanish-resting = 🎯 Rests there: { $prices }
vanish-no-stop =
    { $why ->
        [coming] 🔴 No stop stands yet; it is being set.
        [waits] 🔴 The trailing stop has not begun to follow: until then the loss ends at the liquidation.
       *[none] 🔴 No stop at all: the loss ends at the liquidation.
    }
vanish-other-stop = 🔴 Only here: the stop shall stand at { $price }.
vanish-other-trailing = 🔴 Only here: a stop shall follow the price at { $distance }.
vanish-missing = 🔴 Only here so far: target { $prices }
vanish-breakeven = 🔴 Only here: breakeven after the first target.
vanish-foreign = 👁 Opened elsewhere; I only watch it.
vanish-entries =
    { $count ->
        [one] <b>{ $count } order stays and could be filled without me:</b>
       *[other] <b>{ $count } orders stay and could be filled without me:</b>
    }
vanish-entry =
    { $protected ->
        [1] • { $side } { $size } at { $price }; stop { $stop } rides along
       *[other] 🔴 { $side } { $size } at { $price }; no stop rides along
    }
vanish-entry-here = 🔴 Only here until then: { $what }
vanish-entry-targets =
    { $count ->
        [one] target { $prices }
       *[other] targets { $prices }
    }
vanish-entry-breakeven = breakeven after the first target
vanish-more-entries =
    { $count ->
        [one] … and { $count } more
       *[other] … and { $count } more
    }
vanish-only-here = Only here in any case: alerts, limits of /limits, messages, statistics.
vanish-our-outage =
    { $where ->
        [paper] <b>I am down:</b> practice stands still; the missed minutes are played when I am back, stops and targets in the order of the prices.
       *[bybit] <b>I am down:</b> stops, targets and orders at Bybit go on; nothing marked 🔴 is done until I am back, then I catch up.
    }
vanish-exchange-outage =
    { $where ->
        [paper] <b>Bybit is down:</b> practice gets no prices, so nothing fills; it goes on with the next price.
       *[bybit] <b>Bybit is down:</b> nothing trades there, neither by me nor by its app; I tell you, and read everything back first.
    }
vanish-telegram-outage = <b>Telegram is down:</b> I go on managing, but you do not hear of it; what happened is told when it is back.
button-vanish-entries = Cancel entries
button-vanish-stop = { $name }: set the stop
button-vanish-trail = { $name }: trail
button-vanish-targets = { $name }: targets
button-vanish-breakeven = { $name }: breakeven now
