## Trailing stops of positions.

button-leg-trail = Trail
leg-trail =
    { $known ->
        [1] ↗ The exchange holds a trailing stop: { $distance } behind the best price{ $starts ->
            [1] , from { $start } on
           *[0] {""}
        }. Seen { $age } ago.
       *[other] ↗ The exchange holds a trailing stop: { $distance } behind the best price{ $starts ->
            [1] , from { $start } on
           *[0] {""}
        }.
    }
leg-trail-on-its-way =
    ⏳ A trailing stop is on its way: { $distance } behind the best price{ $starts ->
        [1] , from { $start } on
       *[0] {""}
    }.
leg-trail-changed = ⚠️ Bybit and I disagree: the trailing stop was changed elsewhere. Seen { $time }. I put nothing back by myself.
leg-which = Of which position? For example: <code>stop btc 62k</code>, <code>tp btc 66k 68k</code>, <code>trail btc 2%</code>
leg-long-or-short = { $symbol } is open both ways. Say which one: long or short.
trail-ask = <b>How far behind the best price shall the stop follow?</b> Tap one, or send a distance (<code>2%</code> or <code>500</code>), with a price if it is to start there: <code>2% from 66k</code>. Nothing is set before you have seen what it means.
trail-how = A distance, please: <code>2%</code>, or a difference of prices (<code>500</code>); with a price if it is to start there: <code>2% from 66k</code>
trail-no-price = There is no price right now, so I can't reckon the distance. Try again in a moment.
trail-what = <b>Trailing stop</b>: { $distance } behind the best price
trail-now = Now it would stand at <b>{ $level }</b> ({ $away }).
trail-later = It starts once the price reaches <b>{ $start }</b> ({ $away }) and stands at { $level } then.
trail-net = A close there brings about <b>{ $net }</b> after fees.
trail-about = It goes with the price towards profit and never back. The exchange holds and moves it, even while I am down.
trail-stop-stays = 🛡 The stop at { $stop } stays. Whichever is reached first closes the position.
trail-no-stop = ⚠️ There is no other stop.
trail-nothing-left = ⚠️ Without it the position has no stop at all.
trail-off-ask = Take the trailing stop away?
trail-set =
    ✅ The trailing stop stands: { $distance } behind the best price{ $starts ->
        [1] , from { $start } on
       *[0] {""}
    }.
trail-off = ✅ The trailing stop is gone.
button-trail-set = Set the trailing stop
button-trail-off = Take it away
button-trail-change = Another distance
button-no-trail = No trailing stop
question-trade-trail = how far behind the best price the stop shall follow
manage-trail-distance = A trailing stop follows at a distance: at least one step of the price, and less than the price itself, { $price } now.
manage-trail-from-above = The price is { $price } now. A trailing stop of a long starts above it, or at once.
manage-trail-from-below = The price is { $price } now. A trailing stop of a short starts below it, or at once.
manage-trailing = Trailing stop: { $price } behind the best price
told-trailing-changed = ⚠️ <b>Bybit and I disagree.</b> Somebody changed the trailing stop at Bybit; I put nothing back by myself.
told-trailing-was = Trailing stop: promised { $promised }, now <b>{ $seen }</b>
