# Why an order was not sent, or was refused. Shown behind "because" or on their own.
entry-fenced = Everything was stopped after you confirmed it, so it was not sent.
entry-paused = New orders are paused on this account. /resume lifts it.
entry-outdated = Its price is older than 30 seconds. Nothing was sent.
entry-held = Bybit takes no more requests from here right now, so it was not sent.
entry-stop-changed = Somebody changed the stop of this position at Bybit. Say first which one counts, or give this order a stop.
entry-moved = The market has moved to { $price }, beyond the price on the card. Nothing was sent.
entry-mode-changed = The position mode or margin mode of the account has changed. Nothing was sent.
entry-leg-closing = This position is being closed. Wait until it is, then order again.
entry-leg-left-over = An order of the position before still rests there and is being canceled. Try again in a moment.
entry-leg-foreign = I do not manage all of this position, and a stop of this order would cover all of it.
entry-leg-unreadable = What stands in this symbol can't be read right now. Nothing was sent.
entry-opposite = You hold the other direction in this symbol, or have an order for it. This order would only close it: use /close.
entry-leverage = The leverage could not be set, so it was not sent.
entry-conditional-full = There are too many stops and targets in this symbol already, { $most } at most.
entry-stop-side = The stop is on the wrong side of the price.
entry-waiting-beyond = Your entry at { $price } waits there, and the stop and the targets count for all of the position: { $stop } is on the wrong side of it. Choose another level, or cancel that entry: /orders
entry-not-yet =
    { $account_type ->
        [live] Live trading is switched off on this bot. Practice and Bybit Demo are open.
       *[demo] Orders on Bybit Demo are not placed from here.
    }
intent-left-behind = The bot was restarted before it was sent.
canceled-late = It showed up at the exchange only after I had given it up, so it was taken back.
canceled-flat = The position is closed, so what was still to be filled was taken back.
canceled-restored = A backup was restored that does not know it, so it was taken back.
canceled-foreign = Part of the position was opened elsewhere, so what rested was taken back.
canceled-stop-changed = The stop was changed elsewhere, so what rested was taken back: its fill would have overwritten it.
canceled-beyond-stop = It was beyond the new stop, so it was taken back.
canceled-vanished = The exchange does not know it any more.
order-no = The exchange refused it.
order-no-margin = There is not enough margin for it.
order-no-price = The price is beyond what the exchange takes.
order-no-size = The size is not one that the exchange takes.
order-no-value = A value in it does not fit: the rules of the symbol or the price may have changed just now.
order-no-too-many = There are too many open orders.
order-no-gone = The order is filled or canceled already.
order-no-reduce-only = There is nothing left to close.
order-no-mode = The position mode of the account was switched, and the order does not fit it. Order again: a new card will.
order-no-silent = Bybit gave no price within a second, so nothing was done.
order-no-closed-market = The symbol is not traded right now.
order-no-key = The key of the account is not taken any more: /keys shows why.
order-no-restricted = The exchange does not serve this account from here.
order-no-server = Bybit's network did not let the request through, so nothing was done.
order-no-address = Bybit does not take the key from the address of my server, so nothing was done.
order-no-clock = The clock of the server is off.
order-no-book = Nobody offers anything there right now.
order-no-not-yet = Orders on this account are not placed from here.
order-no-terms = Bybit asks for its trading terms of this contract first: <a href="https://www.bybit.com/trade/usdt/{ $symbol }">open it at Bybit</a>, accept them, then order again.
order-no-compliance = Bybit has restricted this account: a ban, a cooling-off period or an identity check. Bybit’s app says which; another key will not help.
order-no-account-type = Bybit does not offer this for your type of account. In its app: Account, then Upgrade to Unified Trading Account.
order-no-auction = The contract is still in its opening auction, in which Bybit takes no such order.
