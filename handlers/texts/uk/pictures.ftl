## Картинки: графіки, криві, результати.

command-chart = Графік: /chart btc 1h
button-chart = Графік
chart-title = <b>{ $title }</b>
chart-line = <b>{ $price }</b> { $quote } { $arrow } { $change } за { $span }
chart-range = Максимум { $high } · мінімум { $low }
chart-none = Свічок такої довжини ще немає: спробуйте коротші.
picture-busy = ⚠️ Зараз малюється багато картинок, тому тут лише цифри. Натисніть ще раз за кілька секунд.
picture-refused = ⚠️ Telegram не прийняв картинку, тому тут лише цифри. Натисніть ще раз за кілька секунд.
interval-m = { $count }м
interval-h = { $count }г
interval-d = { $count }д
error-chart-interval = Графіка зі свічками { $word } немає. Є: { $known }.

setting-picture-theme = Картинки
setting-about-picture-theme = На якому тлі малювати графіки й картки результату: темному чи світлому.
picture-theme-dark = Темні
picture-theme-light = Світлі

report-picture-title = Звіт · { $time }
report-picture-seen = Люди за днем останнього візиту
report-picture-licenses = Чинні ліцензії
report-picture-income = Дохід за місяцями, Stars (зверху: повернення)
report-picture-promo = Промокоди: як далеко дійшли
report-step =
    { $step ->
        [opened] Відкрили
        [redeemed] Активували
        [connected] Підключили ключ
        [traded] Перша угода
       *[paid] Оплатили
    }

command-share = Результат, щоб поділитися: /share btc
button-share = Поділитися
share-entry = Вхід
share-exit = Вихід
share-now = Ціна зараз
share-account = Рахунок
share-date = Дата (UTC)
share-basis =
    { $known ->
        [1] після комісій, до маржі
       *[0] після комісій, до вартості позиції
    }
share-caption = <b>{ $name }</b>: { $change } { $basis }. Грошей на картинці немає: перешліть її кому завгодно.
share-nothing =
    { $any ->
        [1] На рахунку { $account } ще нічого не закрито, ділитися поки нічим.
       *[0] На рахунку { $account } немає закритих угод { $symbol }, якими можна поділитися.
    }
curve-kind =
    { $kind ->
        [curve] Крива
       *[days] За днями
    }
curve-title =
    { $kind ->
        [curve] PnL у часі
       *[days] PnL за днями
    }
curve-head = <b>{ $title }</b> · { $account }
