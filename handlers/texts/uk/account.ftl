## Баланс, позиції, ордери, угоди.

command-balance = Вартість рахунку та монети
command-positions = Відкриті позиції, стопи, ліквідація
command-orders = Відкриті ордери

balance-title = <b>Баланс</b> · { $account }
balance-value = Усього
balance-available = Доступно
balance-margin = Маржа
balance-pnl = Відкритий PnL
balance-coins = Монети
balance-more-coins =
    { $count ->
        [one] і ще { $count } монета
        [few] і ще { $count } монети
       *[many] і ще { $count } монет
    }

coins-unreadable =
    { $count ->
        [one] ⚠️ { $count } монету не вдається прочитати: { $names }. Вона є: перевірте на Bybit.
        [few] ⚠️ { $count } монети не вдається прочитати: { $names }. Вони є: перевірте на Bybit.
       *[many] ⚠️ { $count } монет не вдається прочитати: { $names }. Вони є: перевірте на Bybit.
    }

positions-title = <b>Позиції</b> · { $account }
positions-total =
    { $count ->
        [one] { $count } відкрита · { $arrow } <b>{ $pnl }</b>
        [few] { $count } відкриті · { $arrow } <b>{ $pnl }</b>
       *[many] { $count } відкрито · { $arrow } <b>{ $pnl }</b>
    }
positions-none = Відкритих позицій за безстроковими контрактами USDT немає.
positions-unreadable =
    { $count ->
        [one] ⚠️ { $count } позицію не вдається прочитати: { $names }. На Bybit вона є: перевірте там.
        [few] ⚠️ { $count } позиції не вдається прочитати: { $names }. На Bybit вони є: перевірте там.
       *[many] ⚠️ { $count } позицій не вдається прочитати: { $names }. На Bybit вони є: перевірте там.
    }
position-head = <b>{ $symbol }</b> · { $side }{ $more }
position-hedge = хедж
position-size = Розмір
position-value = Вартість
position-entry = Вхід
position-pnl = PnL
position-stop = Стоп
position-target = Ціль
position-trailing = Трейлінг
position-liquidation = Ліквід.
position-level = Рівень
position-away = До марк.
position-far = далеко
position-size-alone = { $size }, ціна маркування невідома
position-worth = { $size }, вартість { $value }
position-mark = Ціна маркування { $mark } · від входу { $move }
position-result = { $arrow } <b>{ $pnl }</b> · ROI { $roi }
position-unprotected = ⚠️ <b>Немає стопа</b>
position-no-liquidation = <i>Ціни ліквідації немає: позицію покриває весь рахунок.</i>
positions-unprotected =
    ⚠️ <b>Немає стопа:</b> { $symbols }{ $more ->
        [0] {""}
       *[other] {" "}і ще { $more }
    }
positions-legend = <i>Л лонг, Ш шорт · стоп і лікв. від ціни маркування, у % · Ц: цілі</i>
positions-symbol = Пара
positions-stop = Стоп%
positions-targets = Ц
button-close-several = Закрити кілька …
positions-liquidation = Лікв%
side-long-letter = Л
side-short-letter = Ш
button-details = Докладно
button-all-positions = Списком

orders-title = <b>Ордери</b> · { $account }
orders-total =
    { $count ->
        [one] { $count } відкритий ордер
        [few] { $count } відкриті ордери
       *[many] { $count } відкритих ордерів
    }
orders-none = Відкритих ордерів немає: ні за безстроковими контрактами USDT, ні на споті.
orders-unreadable =
    { $count ->
        [one] ⚠️ { $count } ордер не вдається прочитати: { $names }. На Bybit він є: перевірте там.
        [few] ⚠️ { $count } ордери не вдається прочитати: { $names }. На Bybit вони є: перевірте там.
       *[many] ⚠️ { $count } ордерів не вдається прочитати: { $names }. На Bybit вони є: перевірте там.
    }
category-left-out =
    { $category ->
        [spot] ⚠️ Без спота: цьому ключу він недоступний. Дозволити можна на сторінці ключа в Bybit (Spot).
       *[linear] ⚠️ Без безстрокових: цьому ключу вони недоступні. Дозволити можна на сторінці ключа в Bybit (Contract).
    }
order-head = <b>{ $symbol }</b> · { $side } · { $kind }{ $more }
order-reduce-only = лише зменшення
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
        [tpslOrder] TP/SL
        [OcoOrder] TP/SL, один із двох
        [BidirectionalTpslOrder] TP/SL в обидва боки
       *[other] інший вид ({ $kind })
    }
order-price = Ціна
order-trigger = Тригер
order-from = Від ціни
order-filled = { $filled } з { $size }
order-whole = уся позиція
order-status = Статус
order-state =
    { $state ->
        [New] чекає
        [PartiallyFilled] виконано частково
        [Untriggered] чекає тригера
        [Triggered] спрацював
        [Filled] виконано
        [Cancelled] скасовано
        [PartiallyFilledCanceled] скасовано частину
        [Rejected] відхилено
        [Deactivated] знято
       *[other] { $state }
    }
order-placed = Створено

trades-title = <b>Виконання</b> · { $account }
trades-total =
    { $count ->
        [one] Останнє { $count } виконання · час: { $zone }
        [few] Останні { $count } виконання · час: { $zone }
       *[many] Останні { $count } виконань · час: { $zone }
    }
trades-none = Виконань за безстроковими контрактами USDT і на споті поки немає.
trades-unreadable =
    { $count ->
        [one] ⚠️ { $count } угоду не вдається прочитати: { $names }.
        [few] ⚠️ { $count } угоди не вдається прочитати: { $names }.
       *[many] ⚠️ { $count } угод не вдається прочитати: { $names }.
    }
trades-day = <b>{ $day }</b>
trades-day-since = <b>{ $day }</b>, з { $clock }
trades-day-pnl = PnL <b>{ $pnl }</b> після комісій
trades-day-fees = комісії { $fees }
trades-day-funding = фандинг { $funding }
trade-pnl = PnL { $pnl }
trade-fee = коміс. { $fee }
trade-kind =
    { $kind ->
        [Funding] фандинг
        [BustTrade] ліквідація
        [AdlTrade] ADL
        [Settle] розрахунок
        [Delivery] поставка
        [BlockTrade] блок
        [MovePosition] перенос
       *[other] { $kind }
    }

button-refill = Поповнити Демо
refill-ask = Bybit дає на Bybit Демо несправжні гроші, раз на хвилину. Скільки додати?
refill-done = ✅ Bybit прийняв: на Bybit Демо буде на { $money } більше.
