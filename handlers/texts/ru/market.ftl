## Цены, стаканы, пары.

command-price = Цена: /price btc
command-book = Стакан: /book btc
command-symbols = Всё, что торгуется

price-title = <b>{ $symbol }</b>
symbol-is-named = { $coin } торгуется здесь как { $symbol }.
price-line =
    <b>{ $symbol }</b> · <b>{ $price }</b> { $quote }
    { $arrow } { $change } за 24 ч
price-day = <code>{ $line }</code> { $hours } ч
price-bid = Бид
price-ask = Аск
price-high = Максимум 24 ч
price-low = Минимум 24 ч
price-mark = Цена маркировки
price-index = Индекс
price-turnover = Оборот
price-funding = Фандинг
price-next-funding = До фандинга

book-title = <b>{ $symbol }</b> · стакан
book-ask = Аск
book-bid = Бид
book-sum = Сумма
book-scale =
    <i>Объёмы в { $power ->
        [3] тысячах
        [6] миллионах
       *[9] миллиардах
    }</i>
book-spread = Спред { $spread } { $quote } ({ $share })
book-empty = Сейчас никто не покупает и не продаёт.

symbols-title =
    <b>{ $category ->
        [spot] Спот
       *[linear] Бессрочные
    }</b> · { $count ->
        [0] по обороту за 24 ч
        [one] { $count } пара, по обороту за 24 ч
        [few] { $count } пары, по обороту за 24 ч
       *[many] { $count } пар, по обороту за 24 ч
    }
symbols-name = Пара
symbols-price = Цена
symbols-change = 24 ч
category-linear = Бессрочные
category-spot = Спот
book-unreadable =
    { $count ->
        [one] ⚠️ { $count } уровень не удалось прочитать, здесь его нет.
        [few] ⚠️ { $count } уровня не удалось прочитать, здесь их нет.
       *[many] ⚠️ { $count } уровней не удалось прочитать, здесь их нет.
    }
symbols-unreadable =
    { $count ->
        [one] ⚠️ { $count } пару не удаётся прочитать: { $names }.
        [few] ⚠️ { $count } пары не удаётся прочитать: { $names }.
       *[many] ⚠️ { $count } пар не удаётся прочитать: { $names }.
    }
