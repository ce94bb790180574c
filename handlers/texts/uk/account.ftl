## Баланс, позиції, ордери, угоди.

command-balance = Скільки на рахунку та монети
command-positions = Відкриті позиції, стопи, ліквідація
command-orders = Відкриті ордери
command-trades = Останні угоди й комісії

balance-title = <b>Баланс</b> · { $account }
balance-value = На рахунку
balance-available = Доступно
balance-margin = Зайнято
balance-pnl = Відкритий PnL
balance-coins = Монети
balance-more-coins =
    { $count ->
        [one] і ще { $count } монета
        [few] і ще { $count } монети
       *[many] і ще { $count } монет
    }

positions-title = <b>Позиції</b> · { $account }
positions-total =
    { $count ->
        [one] { $count } відкрита, PnL { $pnl }
        [few] { $count } відкриті, PnL { $pnl }
       *[many] { $count } відкрито, PnL { $pnl }
    }
positions-none = Нічого не відкрито.
position-head = <b>{ $symbol }</b> · { $side }{ $more }
position-hedge = нога хеджу
position-size = Розмір
position-value = Вартість
position-entry = Вхід
position-mark = Маркування
position-pnl = PnL
position-stop = Стоп
position-target = Ціль
position-trailing = Трейлінг
position-liquidation = Ліквідація

orders-title = <b>Ордери</b> · { $account }
orders-total =
    { $count ->
        [one] { $count } відкритий ордер
        [few] { $count } відкриті ордери
       *[many] { $count } відкритих ордерів
    }
orders-none = Відкритих ордерів немає.
order-head = <b>{ $symbol }</b> · { $side } · { $kind }{ $more }
order-reduce-only = лише зменшує
order-kind =
    { $kind ->
        [Market] Ринковий
        [Limit] Лімітний
        [TakeProfit] Тейк-профіт
        [PartialTakeProfit] Тейк-профіт (частина)
        [StopLoss] Стоп-лос
        [PartialStopLoss] Стоп-лос (частина)
        [TrailingStop] Трейлінг-стоп
        [Stop] Умовний
       *[other] { $kind }
    }
order-price = Ціна
order-trigger = Тригер
order-filled = { $filled } з { $size }
order-whole = уся позиція
order-status = Стан
order-state =
    { $state ->
        [New] чекає
        [PartiallyFilled] виконано частково
        [Untriggered] не спрацював
        [Triggered] спрацював
       *[other] { $state }
    }
order-placed = Поставлено

trades-title = <b>Угоди</b> · { $account }
trades-total =
    { $count ->
        [one] Остання { $count } угода · час: { $zone }
        [few] Останні { $count } угоди · час: { $zone }
       *[many] Останні { $count } угод · час: { $zone }
    }
trades-none = Угод поки немає.
trade-head = { $time } <b>{ $symbol }</b> · { $side } { $size } по { $price }
trade-tail = { $value } · комісія { $fee } · { $kind }
trade-kind =
    { $kind ->
        [maker] мейкер
        [taker] тейкер
        [Funding] фандинг
        [BustTrade] ліквідація
        [AdlTrade] автоделевередж
        [Settle] розрахунок
        [Delivery] постачання
       *[other] { $kind }
    }
