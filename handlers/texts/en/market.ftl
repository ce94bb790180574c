## Prices, order books, symbols.

command-price = A price: /price btc
command-book = An order book: /book btc
command-symbols = Everything that trades

price-title = <b>{ $symbol }</b>
symbol-is-named = { $coin } trades here as { $symbol }.
price-line =
    <b>{ $symbol }</b> · <b>{ $price }</b> { $quote }
    { $arrow } { $change } in 24 h
price-day = <code>{ $line }</code> { $hours } h
price-bid = Bid
price-ask = Ask
price-high = High 24 h
price-low = Low 24 h
price-mark = Mark
price-index = Index
price-turnover = Turnover
price-funding = Funding
price-next-funding = Next funding in

book-title = <b>{ $symbol }</b> · order book
book-ask = Ask
book-bid = Bid
book-sum = Sum
book-scale =
    <i>Sizes in { $power ->
        [3] thousands
        [6] millions
       *[9] billions
    }</i>
book-spread = Spread { $spread } { $quote } ({ $share })
book-empty = Nobody is buying or selling right now.

symbols-title =
    <b>{ $category ->
        [spot] Spot
       *[linear] Perpetuals
    }</b> · { $count ->
        [0] by turnover in 24 h
        [one] { $count } symbol, by turnover in 24 h
       *[other] { $count } symbols, by turnover in 24 h
    }
symbols-name = Symbol
symbols-price = Price
symbols-change = 24 h
category-linear = Perpetuals
category-spot = Spot
book-unreadable =
    { $count ->
        [one] ⚠️ { $count } level can't be read and is left out.
       *[other] ⚠️ { $count } levels can't be read and are left out.
    }
symbols-unreadable =
    { $count ->
        [one] ⚠️ { $count } symbol can't be read: { $names }.
       *[other] ⚠️ { $count } symbols can't be read: { $names }.
    }
