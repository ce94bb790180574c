## Квитанції: ордер від натискання до останнього виконання.

command-receipt = Як пройшов останній ордер, до мілісекунди
button-receipt = 🧾 Квитанція
button-receipt-copy = Скопіювати номери
receipt-title = 🧾 <b>Квитанція</b> · { $symbol } · { $account }
receipt-what =
    { $kind ->
        [entry] Вхід · { $side } { $size }
        [target] Ціль { $number } · { $side } { $size }
        [close] Закриття · { $side } { $size }
        [reduce] Закрито частину · { $side } { $size }
        [by-stop] Стоп · { $side } { $size }
        [by-target] Ціль · { $side } { $size }
        [by-trailing] Трейлінг-стоп · { $side } { $size }
        [by-liquidation] 🔥 Ліквідація · { $side } { $size }
        [by-adl] ADL, біржею · { $side } { $size }
        [by-settlement] Розрахунок біржею · { $side } { $size }
        [by-reset] Скидання практики · { $side } { $size }
        [by-emergency] Аварійне закриття · { $side } { $size }
       *[elsewhere] Поставлено не тут · { $side } { $size }
    }
receipt-whole = усе
receipt-state =
    { $state ->
        [intent] ⏳ Ще не надіслано.
        [sending] ⏳ Надіслано; відповіді ще немає.
        [acknowledged] ⏳ Прийнято; ще не виконано.
        [untriggered] ⏳ Чекає на свою ціну.
        [open] ⏳ Стоїть на біржі.
        [partially_filled] ⏳ Виконано частково; решта чекає.
        [counting] ⏳ Виконано; виконання ще рахуються.
        [filled] ✅ Виконано.
        [part] ✅ Виконано частково; решту скасовано.
        [canceled] Скасовано, нічого не виконано.
        [rejected] ⛔ Біржа відмовила.
        [refused] ⛔ Біржа відмовила.
        [unknown] ⏳ Ще невідомо, що з ним сталося. Я продовжую питати; нічого не надсилається двічі.
        [not_placed] До біржі він не дійшов.
        [abandoned] Його не було надіслано.
       *[other] Готово.
    }
receipt-reason =
    { $code ->
        [0] { $reason }
       *[other] { $reason } Код { $code }.
    }
receipt-step =
    { $step ->
        [tapped] натискання
        [written] записано
        [placed] поставлено
        [sent] надіслано
        [unknown] немає відповіді
        [settled] знову відомо
        [accepted] прийнято
        [filled] виконано { $size }
        [stop-seen] стоп видно
        [target] ціль { $number } узято
       *[ended] кінець
    }
receipt-more-fills =
    { $count ->
        [one] … ще { $count } виконання
        [few] … ще { $count } виконання
       *[many] … ще { $count } виконань
    }
receipt-millis = +{ $wait } мс
receipt-seconds = +{ $wait } с
receipt-average = Середня ціна: <b>{ $price }</b>
receipt-slippage =
    { $way ->
        [none] Прослизання немає: виконано за { $price }, як показано.
        [worse] Прослизання: <b>{ $money }</b> ({ $share }), гірше за показану ціну { $price }.
       *[better] Прослизання: <b>{ $money }</b> ({ $share }), краще за показану ціну { $price }.
    }
receipt-fees = Комісії: { $fees }
receipt-result = Підсумок після всіх комісій: <b>{ $pnl }</b>
receipt-no-fills = Окремі виконання більше не зберігаються.
receipt-unknown =
    { $settled ->
        [1] Відповідь на нього загубилася. Біржу питали про нього за його номером { $count ->
            [0] стільки разів, скільки було потрібно
            [one] { $count } раз
            [few] { $count } рази
           *[many] { $count } разів
        }; нічого не було надіслано двічі.
       *[other] Відповідь на нього загубилася. Я питаю про нього біржу за його номером (відповідей поки: { $count }).
    }
receipt-not-ours =
    { $who ->
        [exchange] Це зробила сама біржа: тут нічого не натискали.
        [somebody] Це зробила сама біржа або ви в іншому місці: тут нічого не натискали.
       *[other] Його поставлено не тут: я знаю лише те, що сказала біржа.
    }
receipt-request-id = Номер запиту Bybit: <code>{ $id }</code>
receipt-order-id = Номер ордера: <code>{ $id }</code>
receipt-link-id = Мій номер (orderLinkId): <code>{ $id }</code>
receipt-clock = Годинник: { $zone }. Виконання датує біржа, решту я.
receipt-nothing = 🧾 Про цей ордер у «{ $account }» я більше нічого не маю або не знав про нього. Його номер для підтримки біржі: <code>{ $order }</code>
receipt-none =
    { $known ->
        [0] З цього рахунку ще не пішло жодного ордера.
       *[other] Ордерів за { $symbol } звідси ще не було.
    }
receipt-before =
    { $kind ->
        [target] ◀ Ціль { $number }
        [entry] ◀ Вхід
       *[other] ◀ Закриття
    }
receipt-after =
    { $kind ->
        [target] Ціль { $number } ▶
        [entry] Вхід ▶
       *[other] Закриття ▶
    }
