## Ціни, стакани, пари.

command-price = Ціна: /price btc
command-book = Стакан: /book btc
command-symbols = Усе, що торгується

price-title = <b>{ $symbol }</b>
symbol-is-named = { $coin } торгується тут як { $symbol }.
price-line =
    <b>{ $symbol }</b> · <b>{ $price }</b> { $quote }
    { $arrow } { $change } за 24 год
price-day = <code>{ $line }</code> { $hours } год
price-bid = Бід
price-ask = Аск
price-high = Максимум 24 год
price-low = Мінімум 24 год
price-mark = Ціна маркування
price-index = Індекс
price-turnover = Оборот
price-funding = Фандинг
price-next-funding = До фандингу

book-title = <b>{ $symbol }</b> · стакан
book-ask = Аск
book-bid = Бід
book-sum = Сума
book-scale =
    <i>Обсяги в { $power ->
        [3] тисячах
        [6] мільйонах
       *[9] мільярдах
    }</i>
book-spread = Спред { $spread } { $quote } ({ $share })
book-empty = Зараз ніхто не купує й не продає.

symbols-title =
    <b>{ $category ->
        [spot] Спот
       *[linear] Безстрокові
    }</b> · { $count ->
        [0] за оборотом за 24 год
        [one] { $count } пара, за оборотом за 24 год
        [few] { $count } пари, за оборотом за 24 год
       *[many] { $count } пар, за оборотом за 24 год
    }
symbols-name = Пара
symbols-price = Ціна
symbols-change = 24 год
category-linear = Безстрокові
category-spot = Спот
book-unreadable =
    { $count ->
        [one] ⚠️ { $count } рівень не вдалося прочитати, тут його немає.
        [few] ⚠️ { $count } рівні не вдалося прочитати, тут їх немає.
       *[many] ⚠️ { $count } рівнів не вдалося прочитати, тут їх немає.
    }
symbols-unreadable =
    { $count ->
        [one] ⚠️ { $count } пару не вдається прочитати: { $names }.
        [few] ⚠️ { $count } пари не вдається прочитати: { $names }.
       *[many] ⚠️ { $count } пар не вдається прочитати: { $names }.
    }
