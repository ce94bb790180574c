## Квитанции: ордер от нажатия до последнего исполнения.

command-receipt = Как прошёл последний ордер, до миллисекунды
button-receipt = 🧾 Квитанция
button-receipt-copy = Скопировать номера
receipt-title = 🧾 <b>Квитанция</b> · { $symbol } · { $account }
receipt-what =
    { $kind ->
        [entry] Вход · { $side } { $size }
        [target] Цель { $number } · { $side } { $size }
        [close] Закрытие · { $side } { $size }
        [reduce] Закрыта часть · { $side } { $size }
        [by-stop] Стоп · { $side } { $size }
        [by-target] Цель · { $side } { $size }
        [by-trailing] Трейлинг-стоп · { $side } { $size }
        [by-liquidation] 🔥 Ликвидация · { $side } { $size }
        [by-adl] ADL, биржей · { $side } { $size }
        [by-settlement] Расчёт биржей · { $side } { $size }
        [by-reset] Сброс практики · { $side } { $size }
        [by-emergency] Аварийное закрытие · { $side } { $size }
       *[elsewhere] Поставлен не здесь · { $side } { $size }
    }
receipt-whole = всё
receipt-state =
    { $state ->
        [intent] ⏳ Ещё не отправлен.
        [sending] ⏳ Отправлен; ответа ещё нет.
        [acknowledged] ⏳ Принят; ещё не исполнен.
        [untriggered] ⏳ Ждёт своей цены.
        [open] ⏳ Стоит на бирже.
        [partially_filled] ⏳ Исполнен частично; остаток ждёт.
        [counting] ⏳ Исполнен; исполнения ещё считаются.
        [filled] ✅ Исполнен.
        [part] ✅ Исполнен частично; остаток отменён.
        [canceled] Отменён, ничего не исполнено.
        [rejected] ⛔ Биржа отказала.
        [refused] ⛔ Биржа отказала.
        [unknown] ⏳ Ещё неизвестно, что с ним стало. Я продолжаю спрашивать; ничего не отправляется дважды.
        [not_placed] До биржи он не дошёл.
        [abandoned] Он не был отправлен.
       *[other] Готово.
    }
receipt-reason =
    { $code ->
        [0] { $reason }
       *[other] { $reason } Код { $code }.
    }
receipt-step =
    { $step ->
        [tapped] нажатие
        [written] записан
        [placed] поставлен
        [sent] отправлен
        [unknown] нет ответа
        [settled] снова известен
        [accepted] принят
        [filled] исполнено { $size }
        [stop-seen] стоп виден
        [target] цель { $number } взята
       *[ended] конец
    }
receipt-more-fills =
    { $count ->
        [one] … ещё { $count } исполнение
        [few] … ещё { $count } исполнения
       *[many] … ещё { $count } исполнений
    }
receipt-millis = +{ $wait } мс
receipt-seconds = +{ $wait } с
receipt-average = Средняя цена: <b>{ $price }</b>
receipt-slippage =
    { $way ->
        [none] Проскальзывания нет: исполнено по { $price }, как показано.
        [worse] Проскальзывание: <b>{ $money }</b> ({ $share }), хуже показанной цены { $price }.
       *[better] Проскальзывание: <b>{ $money }</b> ({ $share }), лучше показанной цены { $price }.
    }
receipt-fees = Комиссии: { $fees }
receipt-result = Итог после всех комиссий: <b>{ $pnl }</b>
receipt-no-fills = Отдельные исполнения больше не хранятся.
receipt-unknown =
    { $settled ->
        [1] Ответ на него потерялся. Биржу спросили о нём по его номеру { $count ->
            [0] столько раз, сколько было нужно
            [one] { $count } раз
            [few] { $count } раза
           *[many] { $count } раз
        }; ничего не было отправлено дважды.
       *[other] Ответ на него потерялся. Я спрашиваю о нём биржу по его номеру (ответов пока: { $count }).
    }
receipt-not-ours =
    { $who ->
        [exchange] Это сделала сама биржа: здесь ничего не нажимали.
        [somebody] Это сделала сама биржа или вы в другом месте: здесь ничего не нажимали.
       *[other] Он поставлен не здесь: я знаю только то, что сказала биржа.
    }
receipt-request-id = Номер запроса Bybit: <code>{ $id }</code>
receipt-order-id = Номер ордера: <code>{ $id }</code>
receipt-link-id = Мой номер (orderLinkId): <code>{ $id }</code>
receipt-clock = Часы: { $zone }. Исполнения датирует биржа, остальное я.
receipt-nothing = 🧾 Об этом ордере в «{ $account }» у меня ничего больше нет, или я о нём не знал. Его номер для поддержки биржи: <code>{ $order }</code>
receipt-none =
    { $known ->
        [0] С этого счёта ещё не ушло ни одного ордера.
       *[other] Ордеров по { $symbol } отсюда ещё не было.
    }
receipt-before =
    { $kind ->
        [target] ◀ Цель { $number }
        [entry] ◀ Вход
       *[other] ◀ Закрытие
    }
receipt-after =
    { $kind ->
        [target] Цель { $number } ▶
        [entry] Вход ▶
       *[other] Закрытие ▶
    }
