## Вхід у позицію: картка наслідків і жива картка угоди.

order-card-title = <b>{ $side } { $symbol }</b>
order-card-what-market =
    <b>{ $side } { $size }</b> · { $value }
    Ринковий, не гірше { $price } · { $leverage }x
order-card-what-limit =
    <b>{ $side } { $size }</b> · { $value }
    Ліміт { $price } · { $leverage }x
order-card-what-several =
    <b>{ $side } { $size }</b> · { $value }
    { $count ->
        [one] { $count } вхід від { $price } · { $leverage }x
        [few] { $count } входи від { $price } · { $leverage }x
       *[many] { $count } входів від { $price } · { $leverage }x
    }
order-card-stop = Стоп { $stop } ≈ <b>{ $loss }</b> ({ $share })
order-card-no-stop = ⚠️ <b>Без стопу.</b> За ліквідації близько <b>{ $loss }</b> ({ $share })
order-card-no-stop-unknown = ⚠️ <b>Без стопу.</b> Можливий збиток не обмежений.
order-card-liquidation = Ліквідація { $price } ({ $away })
order-card-liquidation-estimate = Ліквідація близько { $price } ({ $away })
order-card-liquidation-none = Ціни ліквідації немає
margin-isolated = ізольована
margin-cross = крос
order-card-account = <b>{ $account }</b> · вартість рахунку { $value }
order-card-old = ⏳ <i>Ці ціни застаріли. Нічого не надіслано.</i>
order-card-refusal = ⛔ { $reason }

order-card-entry = Вхід { $number }: { $size } по { $price }
order-card-stop-moves = Стоп усієї позиції переноситься з { $before } на { $after }
order-card-target = Ціль { $number }: { $price }, закриє { $size }, { $gain } після комісій
order-card-breakeven = Після першої цілі стоп піде в беззбиток
order-card-trailing = Від входу за найкращою ціною йде трейлінг-стоп на { $distance } ({ $percent }), поруч зі стопом
order-card-fee = Комісія за вхід: { $fee } { $quote } ({ $rate }, ваша ставка)
order-card-fee-standard = Комісія за вхід: { $fee } { $quote } ({ $rate }, звичайна ставка)
order-card-margin = Маржа: { $margin }, { $mode }
order-card-funding-pay = Фандинг: ви платите { $rate } через { $wait }
order-card-funding-get = Фандинг: ви отримуєте { $rate } через { $wait }
order-card-min-order = Найменший ордер: { $value }
order-card-highest-price = Лімітна ціна не вище: { $price }
order-card-lowest-price = Лімітна ціна не нижче: { $price }
order-card-positions = Позицій і входів: { $open }
order-card-positions-of = Позицій і входів: { $open } з { $most }
order-card-loss-budget = Сьогодні ще можна втратити: { $left }
order-card-prices = Бід { $bid } · аск { $ask } · { $time }

button-entry-buy = ✓ Купити { $size }
button-entry-sell = ✓ Продати { $size }
button-entry-new-price = ↻ Нова ціна
button-entry-again = Надіслати знову
button-rest-buy = Докупити решту
button-rest-sell = Допродати решту
button-rest-buy-at = Докупити по { $price }
button-rest-sell-at = Допродати по { $price }
button-cure-leverage = Плече { $leverage }x
button-cure-stop = Стоп на { $price }
button-cure-size = Взяти { $size }

button-leg-add = + Додати
button-live-position = Керувати позицією
live-title = <b>{ $side } { $symbol }</b> · { $account }
live-sending = ⏳ Надсилаю { $size }, у найгіршому разі { $price } …
live-accepted = ⏳ Прийнято: { $size }. Чекаю на виконання …
live-resting = ⏸ Стоїть: { $size } по { $price }
live-resting-part = ⏸ Стоїть по { $price }: виконано { $filled } з { $size } @ { $average }
live-counting = ⏳ Виконано { $filled } з { $size }, рахую …
live-filled = ✅ <b>Виконано</b> { $filled } @ { $average }
live-part = ◐ <b>Виконано { $filled } з { $size } @ { $average }</b>: ціна решти пішла
live-part-canceled = ◐ <b>Виконано { $filled } з { $size } @ { $average }</b>: решту скасовано
live-nothing = ○ Нічого не виконано: ціна пішла за { $price }. Позиції від цього немає.
live-canceled = ○ Скасовано: { $size } по { $price }. Нічого не виконано.
live-rejected = ⛔ Біржа не прийняла ордер. Нічого не виконано.
live-unknown = ❓ <b>Один ордер невідомий до { $time }</b>: чи дійшов він до біржі, поки не знає ніхто. Я питаю далі і скажу тут; не надсилайте його знову.
live-not-placed = ○ Ордер не дійшов до біржі. Нічого не виконано.
live-not-sent = ○ Не надіслано. Нічого не виконано.
live-reason = Чому: { $reason }
live-no-stop = ⚠️ <b>Без стопу</b>
live-stop-verified = Стоп { $stop } · ✓ стоїть на біржі
live-stop-moved = ⚠️ Стоп вашої позиції все одно { $stop }, як було на цій картці.
live-stop-waiting = Стоп { $stop } · ⏳ перевіряю
live-targets =
    { $count ->
        [one] Ціль { $prices }
        [few] Цілі { $prices }
       *[many] Цілі { $prices }
    }
live-times = <i>надіслано +{ $sent } мс · прийнято +{ $accepted } мс</i>
live-times-filled = <i>надіслано +{ $sent } мс · прийнято +{ $accepted } мс · виконано +{ $filled } мс</i>

command-buy = Купити контракт: /buy btc
command-sell = Продати контракт: /sell btc

ticket-title = <b>{ $side } { $symbol }</b> · { $account }
ticket-price = Ціна <b>{ $price }</b>
ticket-prices = Бід { $bid } · аск { $ask }
ticket-spread = Спред
ticket-funding = { $rate } через { $wait }
ticket-size = Розмір
ticket-entry = Вхід
ticket-stop = Стоп
ticket-target = Ціль
ticket-leverage = Плече
ticket-leverage-own = як у пари
ticket-least = Мінімум
ticket-too-small = { $size }: замало
ticket-market = ринковий
ticket-nothing = виберіть
ticket-without = немає
ticket-size-risk = ризик { $share }
ticket-size-max = макс.
ticket-size-of-max = { $share } макс.
ticket-hint = <i>Вибір нічого не надсилає. Що з цього вийде, покаже наступна картка.</i>
ticket-ask =
    { $part ->
        [symbol] <b>Яка монета?</b> За оборотом; будь-яка інша за назвою.
        [stop] <b>Як далеко від входу поставити стоп?</b>
        [target] <b>Як далеко від входу поставити ціль?</b>
        [entry] <b>Ринковий ордер чи краща ціна?</b>
       *[leverage] <b>Яке плече?</b>
    }
ticket-type =
    { $part ->
        [symbol] Яка монета? <code>eth</code>, <code>1000pepe</code> …
        [stop] Де поставити стоп { $symbol }? Ціна або відстань: <code>62000</code> · <code>3%</code> · <code>немає</code>
        [target] Де поставити ціль { $symbol }? Ціна або відстань: <code>66000</code> · <code>5%</code> · <code>немає</code>
        [entry] За якою ціною? <code>64000</code>
        [leverage] Яке плече? <code>3</code>
       *[size] Скільки? <code>$100</code> · <code>2%</code> вартості рахунку · <code>ризик 1%</code> на стопі · <code>0.01</code> монети
    }
ticket-presets =
    { $kind ->
        [sizes] Ваші розміри зараз: { $now }
       *[stops] Ваші зараз: { $now }
    }
    { $kind ->
        [sizes] Надішліть до дев'яти в одному рядку: <code>$50 $100 2% ризик 1%</code>
       *[stops] Надішліть до дев'яти в одному рядку, % від входу: <code>1 2 3.5</code>
    }
ticket-no-size = Спершу виберіть розмір.
error-spot-not-traded = { $symbol }: це спот, тут ним поки не торгують. Безстрокові контракти є.
error-presets = Від одного до { $most }, будь ласка.
error-presets-unit = Розміру на кнопці потрібна одиниця: <code>$100</code>, <code>2%</code> або <code>ризик 1%</code>.

button-ticket-symbol = { $symbol } ▾
button-ticket-type = ✎ Написати
button-ticket-last-size = ↺ Як минулого разу: { $size }
button-ticket-presets = ⚙ Кнопки
button-ticket-no-stop = Без стопу
button-ticket-no-target = Без цілі
button-ticket-market = Ринковий
button-ticket-review = Перевірити ордер ›
button-entry-change = ✎ Змінити
button-offer-buy = Купити { $coin } ${ $amount }
button-offer-sell = Продати { $coin } ${ $amount }
question-trade-ticket = частину вашого ордера
question-trade-presets = що запропонувати на кнопках
