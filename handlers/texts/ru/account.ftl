## Баланс, позиции, ордера, сделки.

command-balance = Стоимость счёта и монеты
command-positions = Открытые позиции, стопы, ликвидация
command-orders = Открытые ордера

balance-title = <b>Баланс</b> · { $account }
balance-value = Всего
balance-available = Доступно
balance-margin = Маржа
balance-pnl = Открытый PnL
balance-coins = Монеты
balance-more-coins =
    { $count ->
        [one] и ещё { $count } монета
        [few] и ещё { $count } монеты
       *[many] и ещё { $count } монет
    }

coins-unreadable =
    { $count ->
        [one] ⚠️ { $count } монету не удаётся прочитать: { $names }. Она есть: проверьте на Bybit.
        [few] ⚠️ { $count } монеты не удаётся прочитать: { $names }. Они есть: проверьте на Bybit.
       *[many] ⚠️ { $count } монет не удаётся прочитать: { $names }. Они есть: проверьте на Bybit.
    }

positions-title = <b>Позиции</b> · { $account }
positions-total =
    { $count ->
        [one] { $count } открыта · { $arrow } <b>{ $pnl }</b>
        [few] { $count } открыты · { $arrow } <b>{ $pnl }</b>
       *[many] { $count } открыто · { $arrow } <b>{ $pnl }</b>
    }
positions-none = Открытых позиций по бессрочным контрактам USDT нет.
positions-unreadable =
    { $count ->
        [one] ⚠️ { $count } позицию не удаётся прочитать: { $names }. На Bybit она есть: проверьте там.
        [few] ⚠️ { $count } позиции не удаётся прочитать: { $names }. На Bybit они есть: проверьте там.
       *[many] ⚠️ { $count } позиций не удаётся прочитать: { $names }. На Bybit они есть: проверьте там.
    }
position-head = <b>{ $symbol }</b> · { $side }{ $more }
position-hedge = хедж
position-size = Размер
position-value = Стоимость
position-entry = Вход
position-pnl = PnL
position-stop = Стоп
position-target = Цель
position-trailing = Трейлинг
position-liquidation = Ликвид.
position-level = Уровень
position-away = До марк.
position-far = далеко
position-size-alone = { $size }, цена маркировки неизвестна
position-worth = { $size }, стоимость { $value }
position-mark = Цена маркировки { $mark } · от входа { $move }
position-result = { $arrow } <b>{ $pnl }</b> · ROI { $roi }
position-unprotected = ⚠️ <b>Нет стопа</b>
position-no-liquidation = <i>Цены ликвидации нет: позицию покрывает весь счёт.</i>
positions-unprotected =
    ⚠️ <b>Нет стопа:</b> { $symbols }{ $more ->
        [0] {""}
       *[other] {" "}и ещё { $more }
    }
positions-legend = <i>Л лонг, Ш шорт · стоп и ликв. от цены маркировки, в % · Ц: цели</i>
positions-symbol = Пара
positions-stop = Стоп%
positions-targets = Ц
button-close-several = Закрыть несколько …
positions-liquidation = Ликв%
side-long-letter = Л
side-short-letter = Ш
button-details = Подробно
button-all-positions = Списком

orders-title = <b>Ордера</b> · { $account }
orders-total =
    { $count ->
        [one] { $count } открытый ордер
        [few] { $count } открытых ордера
       *[many] { $count } открытых ордеров
    }
orders-none = Открытых ордеров нет: ни по бессрочным контрактам USDT, ни на споте.
orders-unreadable =
    { $count ->
        [one] ⚠️ { $count } ордер не удаётся прочитать: { $names }. На Bybit он есть: проверьте там.
        [few] ⚠️ { $count } ордера не удаётся прочитать: { $names }. На Bybit они есть: проверьте там.
       *[many] ⚠️ { $count } ордеров не удаётся прочитать: { $names }. На Bybit они есть: проверьте там.
    }
category-left-out =
    { $category ->
        [spot] ⚠️ Без спота: этому ключу он недоступен. Разрешить можно на странице ключа в Bybit (Spot).
       *[linear] ⚠️ Без бессрочных: этому ключу они недоступны. Разрешить можно на странице ключа в Bybit (Contract).
    }
order-head = <b>{ $symbol }</b> · { $side } · { $kind }{ $more }
order-reduce-only = только уменьшение
order-kind =
    { $kind ->
        [Market] Рыночный
        [Limit] Лимитный
        [TakeProfit] Тейк-профит
        [PartialTakeProfit] Тейк-профит (часть)
        [StopLoss] Стоп-лосс
        [PartialStopLoss] Стоп-лосс (часть)
        [TrailingStop] Трейлинг-стоп
        [Stop] Условный
        [tpslOrder] TP/SL
        [OcoOrder] TP/SL, один из двух
        [BidirectionalTpslOrder] TP/SL в обе стороны
       *[other] другой вид ({ $kind })
    }
order-price = Цена
order-trigger = Триггер
order-from = С цены
order-filled = { $filled } из { $size }
order-whole = вся позиция
order-status = Статус
order-state =
    { $state ->
        [New] ждёт
        [PartiallyFilled] исполнен частично
        [Untriggered] ждёт триггера
        [Triggered] сработал
        [Filled] исполнен
        [Cancelled] отменён
        [PartiallyFilledCanceled] отменён частью
        [Rejected] отклонён
        [Deactivated] снят
       *[other] { $state }
    }
order-placed = Создан

trades-title = <b>Исполнения</b> · { $account }
trades-total =
    { $count ->
        [one] Последнее { $count } исполнение · время: { $zone }
        [few] Последние { $count } исполнения · время: { $zone }
       *[many] Последние { $count } исполнений · время: { $zone }
    }
trades-none = Исполнений по бессрочным контрактам USDT и на споте пока нет.
trades-unreadable =
    { $count ->
        [one] ⚠️ { $count } сделку не удаётся прочитать: { $names }.
        [few] ⚠️ { $count } сделки не удаётся прочитать: { $names }.
       *[many] ⚠️ { $count } сделок не удаётся прочитать: { $names }.
    }
trades-day = <b>{ $day }</b>
trades-day-since = <b>{ $day }</b>, с { $clock }
trades-day-pnl = PnL <b>{ $pnl }</b> после комиссий
trades-day-fees = комиссии { $fees }
trades-day-funding = фандинг { $funding }
trade-pnl = PnL { $pnl }
trade-fee = комис. { $fee }
trade-kind =
    { $kind ->
        [Funding] фандинг
        [BustTrade] ликвидация
        [AdlTrade] ADL
        [Settle] расчёт
        [Delivery] поставка
        [BlockTrade] блок
        [MovePosition] перенос
       *[other] { $kind }
    }

button-refill = Пополнить Демо
refill-ask = Bybit даёт на Bybit Демо ненастоящие деньги, раз в минуту. Сколько добавить?
refill-done = ✅ Bybit принял: на Bybit Демо будет на { $money } больше.
