## Вход в позицию: карточка последствий и живая карточка сделки.

order-card-title = <b>{ $side } { $symbol }</b>
order-card-what-market =
    <b>{ $side } { $size }</b> · { $value }
    Рыночный, не хуже { $price } · { $leverage }x
order-card-what-limit =
    <b>{ $side } { $size }</b> · { $value }
    Лимит { $price } · { $leverage }x
order-card-what-several =
    <b>{ $side } { $size }</b> · { $value }
    { $count ->
        [one] { $count } вход от { $price } · { $leverage }x
        [few] { $count } входа от { $price } · { $leverage }x
       *[many] { $count } входов от { $price } · { $leverage }x
    }
order-card-stop = Стоп { $stop } ≈ <b>{ $loss }</b> ({ $share })
order-card-no-stop = ⚠️ <b>Без стопа.</b> При ликвидации около <b>{ $loss }</b> ({ $share })
order-card-no-stop-unknown = ⚠️ <b>Без стопа.</b> Возможный убыток не ограничен.
order-card-liquidation = Ликвидация { $price } ({ $away })
order-card-liquidation-estimate = Ликвидация около { $price } ({ $away })
order-card-liquidation-none = Цены ликвидации нет
margin-isolated = изолированная
margin-cross = кросс
order-card-account = <b>{ $account }</b> · стоимость счёта { $value }
order-card-old = ⏳ <i>Эти цены устарели. Ничего не отправлено.</i>
order-card-refusal = ⛔ { $reason }

order-card-entry = Вход { $number }: { $size } по { $price }
order-card-stop-moves = Стоп всей позиции переносится с { $before } на { $after }
order-card-target = Цель { $number }: { $price }, закроет { $size }, { $gain } после комиссий
order-card-breakeven = После первой цели стоп уйдёт в безубыток
order-card-trailing = Со входа за лучшей ценой следует трейлинг-стоп на { $distance } ({ $percent }), рядом со стопом
order-card-fee = Комиссия за вход: { $fee } { $quote } ({ $rate }, ваша ставка)
order-card-fee-standard = Комиссия за вход: { $fee } { $quote } ({ $rate }, обычная ставка)
order-card-margin = Маржа: { $margin }, { $mode }
order-card-funding-pay = Фандинг: вы платите { $rate } через { $wait }
order-card-funding-get = Фандинг: вы получаете { $rate } через { $wait }
order-card-min-order = Наименьший ордер: { $value }
order-card-highest-price = Лимитная цена не выше: { $price }
order-card-lowest-price = Лимитная цена не ниже: { $price }
order-card-positions = Позиций и входов: { $open }
order-card-positions-of = Позиций и входов: { $open } из { $most }
order-card-loss-budget = Сегодня ещё можно потерять: { $left }
order-card-prices = Бид { $bid } · аск { $ask } · { $time }

button-entry-buy = ✓ Купить { $size }
button-entry-sell = ✓ Продать { $size }
button-entry-new-price = ↻ Новая цена
button-entry-again = Отправить снова
button-rest-buy = Докупить остаток
button-rest-sell = Допродать остаток
button-rest-buy-at = Докупить по { $price }
button-rest-sell-at = Допродать по { $price }
button-cure-leverage = Плечо { $leverage }x
button-cure-stop = Стоп на { $price }
button-cure-size = Взять { $size }

button-leg-add = + Добавить
button-live-position = Управлять позицией
live-title = <b>{ $side } { $symbol }</b> · { $account }
live-sending = ⏳ Отправляю { $size }, в худшем случае { $price } …
live-accepted = ⏳ Принято: { $size }. Жду исполнения …
live-resting = ⏸ Стоит: { $size } по { $price }
live-resting-part = ⏸ Стоит по { $price }: исполнено { $filled } из { $size } @ { $average }
live-counting = ⏳ Исполнено { $filled } из { $size }, считаю …
live-filled = ✅ <b>Исполнено</b> { $filled } @ { $average }
live-part = ◐ <b>Исполнено { $filled } из { $size } @ { $average }</b>: цена остатка ушла
live-part-canceled = ◐ <b>Исполнено { $filled } из { $size } @ { $average }</b>: остаток отменён
live-nothing = ○ Ничего не исполнено: цена ушла за { $price }. Позиции от этого нет.
live-canceled = ○ Отменено: { $size } по { $price }. Ничего не исполнено.
live-rejected = ⛔ Биржа не приняла ордер. Ничего не исполнено.
live-unknown = ❓ <b>Один ордер неизвестен до { $time }</b>: дошёл ли он до биржи, пока не знает никто. Я продолжаю спрашивать и скажу здесь; не отправляйте его снова.
live-not-placed = ○ Ордер не дошёл до биржи. Ничего не исполнено.
live-not-sent = ○ Не отправлено. Ничего не исполнено.
live-reason = Почему: { $reason }
live-no-stop = ⚠️ <b>Без стопа</b>
live-stop-verified = Стоп { $stop } · ✓ стоит на бирже
live-stop-moved = ⚠️ Стоп вашей позиции всё равно { $stop }, как было на этой карточке.
live-stop-waiting = Стоп { $stop } · ⏳ проверяю
live-targets =
    { $count ->
        [one] Цель { $prices }
        [few] Цели { $prices }
       *[many] Цели { $prices }
    }
live-times = <i>отправлено +{ $sent } мс · принято +{ $accepted } мс</i>
live-times-filled = <i>отправлено +{ $sent } мс · принято +{ $accepted } мс · исполнено +{ $filled } мс</i>

command-buy = Купить контракт: /buy btc
command-sell = Продать контракт: /sell btc

ticket-title = <b>{ $side } { $symbol }</b> · { $account }
ticket-price = Цена <b>{ $price }</b>
ticket-prices = Бид { $bid } · аск { $ask }
ticket-spread = Спред
ticket-funding = { $rate } через { $wait }
ticket-size = Размер
ticket-entry = Вход
ticket-stop = Стоп
ticket-target = Цель
ticket-leverage = Плечо
ticket-leverage-own = как у пары
ticket-least = Минимум
ticket-too-small = { $size }: слишком мало
ticket-market = рыночный
ticket-nothing = выберите
ticket-without = нет
ticket-size-risk = риск { $share }
ticket-size-max = макс.
ticket-size-of-max = { $share } макс.
ticket-hint = <i>Выбор ничего не отправляет. Что из этого выйдет, покажет следующая карточка.</i>
ticket-ask =
    { $part ->
        [symbol] <b>Какая монета?</b> По обороту; любая другая по имени.
        [stop] <b>Как далеко от входа поставить стоп?</b>
        [target] <b>Как далеко от входа поставить цель?</b>
        [entry] <b>Рыночный ордер или цена получше?</b>
       *[leverage] <b>Какое плечо?</b>
    }
ticket-type =
    { $part ->
        [symbol] Какая монета? <code>eth</code>, <code>1000pepe</code> …
        [stop] Где поставить стоп { $symbol }? Цена или расстояние: <code>62000</code> · <code>3%</code> · <code>нет</code>
        [target] Где поставить цель { $symbol }? Цена или расстояние: <code>66000</code> · <code>5%</code> · <code>нет</code>
        [entry] По какой цене? <code>64000</code>
        [leverage] Какое плечо? <code>3</code>
       *[size] Сколько? <code>$100</code> · <code>2%</code> стоимости счёта · <code>риск 1%</code> на стопе · <code>0.01</code> монеты
    }
ticket-presets =
    { $kind ->
        [sizes] Ваши размеры сейчас: { $now }
       *[stops] Ваши сейчас: { $now }
    }
    { $kind ->
        [sizes] Пришлите до девяти в одной строке: <code>$50 $100 2% риск 1%</code>
       *[stops] Пришлите до девяти в одной строке, % от входа: <code>1 2 3.5</code>
    }
ticket-no-size = Сначала выберите размер.
error-spot-not-traded = { $symbol }: это спот, здесь им пока не торгуют. Бессрочные контракты есть.
error-presets = От одного до { $most }, пожалуйста.
error-presets-unit = Размеру на кнопке нужна единица: <code>$100</code>, <code>2%</code> или <code>риск 1%</code>.

button-ticket-symbol = { $symbol } ▾
button-ticket-type = ✎ Написать
button-ticket-last-size = ↺ Как в прошлый раз: { $size }
button-ticket-presets = ⚙ Кнопки
button-ticket-no-stop = Без стопа
button-ticket-no-target = Без цели
button-ticket-market = Рыночный
button-ticket-review = Проверить ордер ›
button-entry-change = ✎ Изменить
button-offer-buy = Купить { $coin } ${ $amount }
button-offer-sell = Продать { $coin } ${ $amount }
question-trade-ticket = часть вашего ордера
question-trade-presets = что предложить на кнопках
