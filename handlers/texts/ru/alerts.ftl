## Оповещения о цене и избранное.

command-favorites = Избранные пары
command-alert = Оповещение о цене: /alert btc 70k
command-alerts = Ваши оповещения о цене
button-favorites = Избранное
button-alerts = Оповещения
button-alert = 🔔 Оповещение
button-mark-favorite = ☆ В избранное
button-unmark-favorite = ★ В избранном

alert-title = 🔔 <b>{ $symbol }</b> сейчас <b>{ $price }</b> { $quote }. О какой цене сообщить?
alert-title-alone = 🔔 <b>{ $symbol }</b>: о какой цене сообщить?
alert-own = Жду цены: { $prices }
alert-type-it = <i>Нажмите цену или напишите свою: 70k, ниже 60к, +3%.</i>
question-alerts-price = цены для оповещения
alert-which =
    { $count ->
        [one] { $symbol } сейчас { $price }, это очень далеко. Вы имели в виду эту цену?
        [few] { $symbol } сейчас { $price }. Какую цену вы имели в виду?
       *[many] { $symbol } сейчас { $price }. Какую цену вы имели в виду?
    }
alert-set =
    🔔 <b>{ $symbol }</b>: сообщу один раз, когда цена { $side ->
        [below] опустится
       *[above] поднимется
    } до <b>{ $price }</b> ({ $away }).
    Сейчас { $now }
alert-stands =
    🔔 Такое оповещение уже есть: <b>{ $symbol }</b> { $side ->
        [below] опустится
       *[above] поднимется
    } до <b>{ $price }</b> ({ $away }).
    Сейчас { $now }
alert-reached =
    { $symbol } уже { $now }: { $side ->
        [below] не выше
       *[above] не ниже
    } { $price }. Назовите цену, которой ещё не было.
alert-here = Цена сейчас и есть { $price }. Назовите другую.
alert-far = Это слишком далеко от { $price }. Назовите цену поближе.
alert-percent = Процент для оповещения: вверх до +900 %, вниз до −99 %.
error-alert-price = Не могу прочитать эту цену. Например: <code>алерт btc 70k</code>, <code>алерт eth +5%</code>
alert-coin = Какой монеты? Например: <code>алерт btc 70k</code>
alert-limit =
    { $most ->
        [one] У вас { $most } оповещение, больше нельзя. Сначала удалите его в /alerts.
        [few] У вас { $most } оповещения, больше нельзя. Сначала удалите одно в /alerts.
       *[many] У вас { $most } оповещений, больше нельзя. Сначала удалите одно в /alerts.
    }
button-alert-another = 🔔 Ещё одно
button-alert-delete = ✕ Удалить
button-alert-undo = Вернуть
button-alerts-delete-all = Удалить все

alerts-title =
    🔔 <b>Оповещения о цене</b> · { $count ->
        [0] нет
        [one] { $count } из { $most }
        [few] { $count } из { $most }
       *[many] { $count } из { $most }
    }
alerts-hint = <i>Новое: напишите «алерт btc 70k» или нажмите 🔔 под ценой.</i>
alert-deleted = Удалено: { $alert }
alerts-ask-delete-all =
    { $count ->
        [one] Удалить { $count } оповещение о цене?
        [few] Удалить все { $count } оповещения о цене?
       *[many] Удалить все { $count } оповещений о цене?
    }
alerts-all-deleted =
    { $count ->
        [one] Удалено { $count } оповещение о цене.
        [few] Удалено { $count } оповещения о цене.
       *[many] Удалено { $count } оповещений о цене.
    }

told-alert =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] опустился
       *[above] поднялся
    } до <b>{ $threshold }</b>
told-alert-missed =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] опустился
       *[above] поднялся
    } до <b>{ $threshold }</b>, пока меня не было (без цен { $away })
told-alert-touched =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] опустился
       *[above] поднялся
    } до <b>{ $threshold }</b>, пока меня не было: { $ago } назад было { $extreme }
told-alert-now =
    Сейчас <b>{ $price }</b> { $quote }
    { $arrow } { $change } с { $set_price }, когда вы поставили оповещение
told-alerts-ended =
    { $count ->
        [one] { $symbol } больше не торгуется на Bybit. Ваше оповещение о цене удалено.
        [few] { $symbol } больше не торгуется на Bybit. Ваши { $count } оповещения о цене удалены.
       *[many] { $symbol } больше не торгуется на Bybit. Ваши { $count } оповещений о цене удалены.
    }
button-alert-price = Цена { $coin }
button-alert-again = 🔔 Ещё раз

favorites-title =
    ★ <b>Избранное</b> · { $count } из { $most }
favorites-none =
    ★ <b>Избранное</b>
    Пока пусто. Нажмите ☆ под ценой: пара появится здесь и будет первой везде, где выбирают пару.
favorites-limit =
    { $most ->
        [one] У вас { $most } избранная пара, больше нельзя. Сначала снимите её ★.
        [few] У вас { $most } избранные пары, больше нельзя. Сначала снимите одну ★.
       *[many] У вас { $most } избранных пар, больше нельзя. Сначала снимите одну ★.
    }
