## Orders in words: how they were understood, and what is asked about them.

typed-title = <i>As I read it. Nothing is sent yet.</i>
typed-what = <b>{ $side } { $symbol }</b> · { $account }
typed-size = Size: <b>{ $size }</b>
typed-size-by-settings = Size: <b>{ $size }</b>, as in /settings
typed-size-share = { $percent } of the account value
typed-size-risk = { $percent } of the account value at risk at the stop
typed-size-max = the most that is free
typed-limit = Limit: <b>{ $price }</b>
typed-entries = Two entries: <b>{ $prices }</b>
typed-zone = Zone { $low } – { $high }: one entry, limit <b>{ $price }</b>
typed-stop = Stop: <b>{ $stop }</b>
typed-no-stop = <b>Without a stop</b>
typed-targets =
    { $count ->
        [one] Target: <b>{ $targets }</b>
       *[other] Targets: <b>{ $targets }</b>
    }
typed-no-target = Without a target
typed-away = { $percent } away
typed-breakeven = After the first target the stop goes to breakeven
typed-trailing = A stop that follows the best price at <b>{ $percent }</b>
typed-leverage = Leverage: <b>{ $leverage }x</b>
typed-unread = Not part of it: { $words }
typed-or-type = Or type what it should be.
typed-fix = What should “{ $word }” be? Type it, and I put it in its place.

typed-doubt-side = ❓ Buy or sell?
typed-doubt-symbol = ❓ Which coin? Type it: btc, eth, sol …
typed-doubt-two-symbols = ❓ “{ $word }” is a second coin. One order is of one coin.
typed-doubt-unknown-symbol = ❓ I know no perpetual “{ $word }”.
typed-doubt-ambiguous = ❓ “{ $word }” can be read in two ways. Which one is it?
typed-doubt-unreadable = ❓ I can't read “{ $word }” as a number of that place.
typed-doubt-bare = ❓ “{ $word }”: dollars, coins, or a price?
typed-doubt-far = ❓ The price “{ $word }” is far from the market ({ $market }). What is meant?
typed-doubt-second = ❓ “{ $word }” says a second time, and otherwise, what was said before.
typed-doubt-lacks = ❓ “{ $word }”: the number for it is missing.
typed-doubt-percent = ❓ “{ $word }” has the wrong unit there: risk is a percent, an entry is a price.
typed-doubt-shares = ❓ The shares at “{ $word }” have to be one a target and come to 100 %.
typed-doubt-sign = ❓ The sign of “{ $word }” does not fit.
typed-doubt-order = ❓ The targets have to go one way: “{ $word }” turns back.
typed-doubt-word = ❓ “{ $word }” may change what the order is, and I don't know how to take it.
typed-doubt-unknown-word = ❓ I don't know “{ $word }”, and a number stands behind it.
typed-doubt-money = ❓ “{ $word }”: I count in USDT only. How much is it?
typed-doubt-leverage = ❓ Leverage “{ $word }”: it is a whole number from 1 to 200.
typed-doubt-spot = ❓ “{ $word }”: spot is not traded here yet, only perpetuals in USDT.
typed-doubt-too-many = ❓ “{ $word }” is one too many: an order has at most two entries and five targets.

button-typed-go-on = Go on
button-typed-fix = Fix “{ $word }”
button-typed-leave-out = Leave out “{ $word }”
button-typed-limit = Limit { $price }
button-typed-meant = Yes, { $price }
question-typed-word = a word of your order
