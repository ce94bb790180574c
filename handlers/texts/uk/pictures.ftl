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
