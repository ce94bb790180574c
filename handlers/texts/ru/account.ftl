## Баланс, позиции, ордера, сделки.

command-balance = Стоимость счёта и монеты
command-positions = Открытые позиции, стопы, ликвидация
command-orders = Открытые ордера
command-trades = Последние сделки и комиссии

balance-title = <b>Баланс</b> · { $account }
balance-value = Счёт, всего
balance-available = Доступно
balance-margin = В марже
balance-pnl = Открытый PnL
balance-coins = Монеты
balance-more-coins =
    { $count ->
        [one] и ещё { $count } монета
        [few] и ещё { $count } монеты
       *[many] и ещё { $count } монет
    }

positions-title = <b>Позиции</b> · { $account }
positions-total =
    { $count ->
        [one] { $count } открыта, PnL { $pnl }
        [few] { $count } открыты, PnL { $pnl }
       *[many] { $count } открыто, PnL { $pnl }
    }
positions-none = Ничего не открыто.
position-head = <b>{ $symbol }</b> · { $side }{ $more }
position-hedge = хедж
position-size = Размер
position-value = Стоимость
position-entry = Вход
position-mark = Цена маркировки
position-pnl = PnL
position-stop = Стоп
position-target = Цель
position-trailing = Трейлинг
position-liquidation = Ликвидация

orders-title = <b>Ордера</b> · { $account }
orders-total =
    { $count ->
        [one] { $count } открытый ордер
        [few] { $count } открытых ордера
       *[many] { $count } открытых ордеров
    }
orders-none = Открытых ордеров нет.
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
       *[other] { $kind }
    }
order-price = Цена
order-trigger = Триггер
order-filled = { $filled } из { $size }
order-whole = вся позиция
order-status = Статус
order-state =
    { $state ->
        [New] ждёт
        [PartiallyFilled] исполнен частично
        [Untriggered] ждёт триггера
        [Triggered] сработал
       *[other] { $state }
    }
order-placed = Создан

trades-title = <b>Сделки</b> · { $account }
trades-total =
    { $count ->
        [one] Последняя { $count } сделка · время: { $zone }
        [few] Последние { $count } сделки · время: { $zone }
       *[many] Последние { $count } сделок · время: { $zone }
    }
trades-none = Сделок пока нет.
trade-head = { $time } <b>{ $symbol }</b> · { $side } { $size } по { $price }
trade-tail = { $value } · комиссия { $fee } · { $kind }
trade-kind =
    { $kind ->
        [maker] мейкер
        [taker] тейкер
        [Funding] фандинг
        [BustTrade] ликвидация
        [AdlTrade] автоделевереджинг
        [Settle] расчёт
        [Delivery] поставка
       *[other] { $kind }
    }
