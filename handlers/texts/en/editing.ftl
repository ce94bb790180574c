## A resting order in other numbers.

button-edit = Edit
button-order = Order
button-order-cancel = ✕ Cancel
button-edit-apply = Change the order
button-edit-other = Other numbers
button-edit-anew = Cancel it, then place it anew
button-edit-look-again = Look again
question-trade-edit = what shall change in the order
edit-order =
    { $some ->
        [1] <b>{ $size }</b> at <b>{ $price }</b> · { $value }. Filled so far: { $filled }.
       *[0] <b>{ $size }</b> at <b>{ $price }</b> · { $value }
    }
edit-conditional = Waits: <b>{ $name }</b>
edit-levels = Stop: { $stop } · Target: { $target }
edit-targets =
    { $count ->
        [one] { $count } target is planned; the last one is shown.
       *[other] { $count } targets are planned; the last one is shown.
    }
edit-ask = <b>What shall change?</b> Tap one, or send a price (<code>62k</code>), a size (<code>0.02 btc</code>, <code>$200</code>), a stop or a target (<code>sl 60k tp 70k</code>). Nothing is sent before you have seen what it means.
edit-how = I can't read that as a change. A price (<code>62k</code>), a size (<code>0.02 btc</code>, <code>$200</code>), a stop or a target (<code>sl 60k tp 70k</code>), please.
edit-title = <b>The order would become</b>
edit-moved = { $name }: { $before } → <b>{ $after }</b>
edit-worth = Left to be filled: <b>{ $value }</b>
edit-filled = Filled already and untouched: { $filled }
edit-loss = At the stop about <b>{ $loss }</b>
edit-loss-no-stop = ⚠️ Without a stop: at a liquidation about <b>{ $loss }</b>
edit-loss-unknown = ⚠️ Without a stop there is no telling what it may lose.
edit-crossing = ⚠️ At that price it would be filled at once.
edit-about = It is changed in place: there is never a second order. A new price or a larger size gives up its place in the queue.
edit-sent = ⏳ The change is on its way; until it is taken the order stands as it was.
edit-unknown = ⏳ The answer has not come yet. I read the order back; nothing is sent twice.
edit-done = ✅ The order is changed: { $size } at <b>{ $price }</b>
edit-refused = ⛔ The order stays as it was. { $reason }
edit-levels-count = The stop and the target of the card count all the same: I set them when it is filled.
edit-cancel-uncertain = ⏳ It is not certain yet that the old order is gone, so nothing new is placed. It may still be filled.
edit-which = <b>{ $symbol }</b>: several orders wait. Which one?
edit-which-symbol = The order of which coin? For example: <code>edit btc 62k</code>
edit-none = No order from here waits in { $symbol }. /orders shows what does.
edit-gone = That order does not wait any more: filled or canceled. /trades shows which.
edit-elsewhere = This order was not placed here: change it where it was placed, or cancel it.
edit-protection = It protects the position: its stop, targets and trailing stop are changed on the position’s card.
edit-target = This order is a target of the position: move it with [Targets] on the position’s card.
edit-no-limit = Only orders that wait at a limit price are changed here.
edit-same = The order stands like that already.
edit-under-way = A change of this order is on its way. Try again in a moment.
edit-changed-since = The order is not what the card showed any more: look at it again.
edit-crosses-now = The market has moved: at that price the order would be filled at once now. Look at it again.
edit-below-filled = { $filled } { $coin } of it are filled already: the size must be more than that.
edit-too-small = That is less than the smallest order: { $least } { $coin }.
edit-too-large = That is more than the largest order: { $most } { $coin }.
edit-price-limit = Bybit takes no order beyond { $price } right now.
edit-leg-levels = A position stands in { $symbol } already: its stop and its target are moved on its card.
edit-many-targets = { $count } targets are planned: change them on the position’s card once it is filled.
edit-stop-above = The stop { $stop } must stand below both prices of the order, the old one and the new one. Move the price first.
edit-stop-below = The stop { $stop } must stand above both prices of the order, the old one and the new one. Move the price first.
edit-target-below = The target { $target } must lie above both prices of the order, the old one and the new one. Name another one with the price: <code>62k tp 70k</code>
edit-target-above = The target { $target } must lie below both prices of the order, the old one and the new one. Name another one with the price: <code>62k tp 70k</code>
