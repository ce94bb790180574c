## Картинки: графики, кривые, результаты.

command-chart = График: /chart btc 1h
button-chart = График
chart-title = <b>{ $title }</b>
chart-line = <b>{ $price }</b> { $quote } { $arrow } { $change } за { $span }
chart-range = Максимум { $high } · минимум { $low }
chart-none = Свечей такой длины пока нет: попробуйте короче.
picture-busy = ⚠️ Сейчас рисуется много картинок, поэтому здесь только цифры. Нажмите ещё раз через несколько секунд.
picture-refused = ⚠️ Telegram не принял картинку, поэтому здесь только цифры. Нажмите ещё раз через несколько секунд.
interval-m = { $count }м
interval-h = { $count }ч
interval-d = { $count }д
error-chart-interval = Графика со свечами { $word } нет. Есть: { $known }.

setting-picture-theme = Картинки
setting-about-picture-theme = На каком фоне рисовать графики и карточки результата: тёмном или светлом.
picture-theme-dark = Тёмные
picture-theme-light = Светлые

report-picture-title = Отчёт · { $time }
report-picture-seen = Люди по дню последнего визита
report-picture-licenses = Действующие лицензии
report-picture-income = Доход по месяцам, Stars (сверху: возвраты)
report-picture-promo = Промокоды: как далеко дошли
report-step =
    { $step ->
        [opened] Открыли
        [redeemed] Активировали
        [connected] Подключили ключ
        [traded] Первая сделка
       *[paid] Оплатили
    }
