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

command-share = Результат, чтобы поделиться: /share btc
button-share = Поделиться
share-entry = Вход
share-exit = Выход
share-now = Цена сейчас
share-account = Счёт
share-date = Дата (UTC)
share-basis =
    { $known ->
        [1] после комиссий, к марже
       *[0] после комиссий, к стоимости позиции
    }
share-caption = <b>{ $name }</b>: { $change } { $basis }. Денег на картинке нет: перешлите её кому угодно.
share-nothing =
    { $any ->
        [1] На счёте { $account } ещё ничего не закрыто, делиться пока нечем.
       *[0] На счёте { $account } нет закрытых сделок { $symbol }, которыми можно поделиться.
    }
curve-kind =
    { $kind ->
        [curve] Кривая
       *[days] По дням
    }
curve-title =
    { $kind ->
        [curve] PnL во времени
       *[days] PnL по дням
    }
curve-head = <b>{ $title }</b> · { $account }
