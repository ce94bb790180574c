## Сповіщення про ціну та обране.

command-favorites = Обрані пари
command-alert = Сповіщення про ціну: /alert btc 70k
command-alerts = Ваші сповіщення про ціну
button-favorites = Обране
button-alerts = Сповіщення
button-alert = 🔔 Сповіщення
button-mark-favorite = ☆ До обраного
button-unmark-favorite = ★ В обраному

alert-title = 🔔 <b>{ $symbol }</b> зараз <b>{ $price }</b> { $quote }. Про яку ціну сповістити?
alert-title-alone = 🔔 <b>{ $symbol }</b>: про яку ціну сповістити?
alert-own = Чекаю на ціни: { $prices }
alert-type-it = <i>Натисніть ціну або напишіть свою: 70k, нижче 60к, +3%.</i>
question-alerts-price = ціни для сповіщення
alert-which =
    { $count ->
        [one] { $symbol } зараз { $price }, це дуже далеко. Ви мали на увазі цю ціну?
        [few] { $symbol } зараз { $price }. Яку ціну ви мали на увазі?
       *[many] { $symbol } зараз { $price }. Яку ціну ви мали на увазі?
    }
alert-set =
    🔔 <b>{ $symbol }</b>: сповіщу один раз, коли ціна { $side ->
        [below] опуститься
       *[above] підніметься
    } до <b>{ $price }</b> ({ $away }).
    Зараз { $now }
alert-stands =
    🔔 Таке сповіщення вже є: <b>{ $symbol }</b> { $side ->
        [below] опуститься
       *[above] підніметься
    } до <b>{ $price }</b> ({ $away }).
    Зараз { $now }
alert-reached =
    { $symbol } уже { $now }: { $side ->
        [below] не вище
       *[above] не нижче
    } { $price }. Назвіть ціну, якої ще не було.
alert-here = Ціна зараз і є { $price }. Назвіть іншу.
alert-far = Це надто далеко від { $price }. Назвіть ближчу ціну.
alert-percent = Відсоток для сповіщення: вгору до +900 %, вниз до −99 %.
error-alert-price = Не можу прочитати цю ціну. Наприклад: <code>алерт btc 70k</code>, <code>алерт eth +5%</code>
alert-coin = Якої монети? Наприклад: <code>алерт btc 70k</code>
alert-limit =
    { $most ->
        [one] У вас { $most } сповіщення, більше не можна. Спершу видаліть його в /alerts.
        [few] У вас { $most } сповіщення, більше не можна. Спершу видаліть одне в /alerts.
       *[many] У вас { $most } сповіщень, більше не можна. Спершу видаліть одне в /alerts.
    }
button-alert-another = 🔔 Ще одне
button-alert-delete = ✕ Видалити
button-alert-undo = Повернути
button-alerts-delete-all = Видалити всі

alerts-title =
    🔔 <b>Сповіщення про ціну</b> · { $count ->
        [0] немає
        [one] { $count } із { $most }
        [few] { $count } із { $most }
       *[many] { $count } із { $most }
    }
alerts-hint = <i>Нове: напишіть «алерт btc 70k» або натисніть 🔔 під ціною.</i>
alert-deleted = Видалено: { $alert }
alerts-ask-delete-all =
    { $count ->
        [one] Видалити { $count } сповіщення про ціну?
        [few] Видалити всі { $count } сповіщення про ціну?
       *[many] Видалити всі { $count } сповіщень про ціну?
    }
alerts-all-deleted =
    { $count ->
        [one] Видалено { $count } сповіщення про ціну.
        [few] Видалено { $count } сповіщення про ціну.
       *[many] Видалено { $count } сповіщень про ціну.
    }

told-alert =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] опустився
       *[above] піднявся
    } до <b>{ $threshold }</b>
told-alert-missed =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] опустився
       *[above] піднявся
    } до <b>{ $threshold }</b>, поки мене не було (без цін { $away })
told-alert-touched =
    🔔 <b>{ $symbol }</b> { $side ->
        [below] опустився
       *[above] піднявся
    } до <b>{ $threshold }</b>, поки мене не було: { $ago } тому було { $extreme }
told-alert-now =
    Зараз <b>{ $price }</b> { $quote }
    { $arrow } { $change } від { $set_price }, коли ви поставили сповіщення
told-alerts-ended =
    { $count ->
        [one] { $symbol } більше не торгується на Bybit. Ваше сповіщення про ціну видалено.
        [few] { $symbol } більше не торгується на Bybit. Ваші { $count } сповіщення про ціну видалено.
       *[many] { $symbol } більше не торгується на Bybit. Ваші { $count } сповіщень про ціну видалено.
    }
button-alert-price = Ціна { $coin }
button-alert-again = 🔔 Ще раз

favorites-title =
    ★ <b>Обране</b> · { $count } із { $most }
favorites-none =
    ★ <b>Обране</b>
    Поки порожньо. Натисніть ☆ під ціною: пара з'явиться тут і буде першою всюди, де обирають пару.
favorites-limit =
    { $most ->
        [one] У вас { $most } обрана пара, більше не можна. Спершу зніміть її ★.
        [few] У вас { $most } обрані пари, більше не можна. Спершу зніміть одну ★.
       *[many] У вас { $most } обраних пар, більше не можна. Спершу зніміть одну ★.
    }
