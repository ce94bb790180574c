account-not-traded =
    { $account_type ->
        [live] Торгівлю на реальному рахунку в цьому боті вимкнено: ордери туди звідси не йдуть, і закрити там я нічого не можу.
       *[demo] Ордери на Bybit Демо звідси не ставляться, і закрити там я нічого не можу.
    } Це робить застосунок Bybit; що відкрито, показує /positions.
card-not-trading = { $symbol } зараз не торгується.
card-value-unknown = Скільки вартий рахунок, зараз невідомо.
card-opposite =
    За { $symbol } відкрито позицію в інший бік: { $qty }. В односторонньому режимі цей ордер її зменшив би: спочатку закрийте її.
card-opposite-resting =
    { $count ->
        [one] За { $symbol } чекає { $count } ордер в інший бік: спочатку скасуйте його.
        [few] За { $symbol } чекають { $count } ордери в інший бік: спочатку скасуйте їх.
       *[many] За { $symbol } чекають { $count } ордерів в інший бік: спочатку скасуйте їх.
    }
card-foreign = Позицією { $held } за { $symbol } я не керую. Стоп цього ордера накрив би її всю.
card-leverage-too-high = { $leverage }x більше, ніж { $most }x: це найбільше плече для пари.
card-leverage-in-use = { $leverage }x змінить те, що відкрито за цією парою з { $own }x.
card-leverage-own = Плече пари { $own }x, більше за { $leverage }x у /settings. Щоб знизити, допишіть до ордера { $leverage }x.
card-leverage-set = Плече цієї пари спочатку змінюється з { $own }x на { $leverage }x.
card-price-rounded = Ціну округлено до { $price }: крок ціни тут { $tick }.
card-price-zero = Ціна менша за один крок ({ $tick }).
card-beyond-limits = Ціна { $price } за межею біржі { $limit_price } і буде зсунута на неї.
card-limit-crosses = Ціна на ринку або за ним ({ $touch_price }): те, що там є, виконається одразу.
card-no-stop = Стопа немає: збиток обмежить лише ліквідація.
card-stop-default = Стоп на відстані { $percent }, як у /settings.
card-outside-limits = Ринок ({ $touch_price }) за ціновою межею біржі { $limit_price }.
card-stop-too-near = Стоп { $stop } надто близько до ринку ({ $touch_price }).
card-risk-unknown = Для розміру за ризиком потрібен стоп.
card-too-small = Найменший ордер тут { $least } { $coin } (близько { $value } USDT).
card-too-large = { $qty } більше, ніж { $most }: це найбільший розмір одного ордера.
card-size-rounded = Розмір округлено вниз із { $wanted }: крок розміру { $step }.
card-stop-above = Стоп лонга має бути нижче { $price }, а { $stop } не нижче.
card-stop-below = Стоп шорта має бути вище { $price }, а { $stop } не вище.
card-stop-beyond-liquidation = Стоп { $stop } надто близько до ліквідації на { $liquidation } або за нею.
card-lower-leverage = З плечем { $leverage }x ліквідація опиниться далеко за стопом.
card-target-joined =
    { $count ->
        [one] На { $target } { $count } ціль: частка була замала для ордера.
        [few] На { $target } { $count } цілі стали однією: частка була замала для ордера.
       *[many] На { $target } { $count } цілей стали однією: частка була замала для ордера.
    }
card-target-below = Ціль лонга має бути вище { $price }, а { $target } не вище.
card-target-above = Ціль шорта має бути нижче { $price }, а { $target } не нижче.
card-margin = Потрібно { $margin } USDT маржі, вільно { $available } USDT.
card-rows = Bybit тримає за { $symbol } не більше { $most } стопів і цілей, а вже стоїть { $count }.
card-loss-over-budget = На стопі збиток { $loss } USDT, а сьогодні можна втратити ще { $left } USDT.
card-level-below-zero = Стоп або ціль — це ціна більша за 0.
card-targets-too-many = Цілей може бути не більше { $most }.
card-shares = Часток має бути стільки ж, скільки цілей, і разом 100 %.
risk-daily-loss = Збиток за сьогодні досяг { $percent } вартості рахунку. Входи відкриються завтра.
risk-drawdown = Рахунок на { $percent } нижче своєї найбільшої вартості. Що можна зробити, скаже /limits.
risk-tilt =
    { $count ->
        [one] { $count } збиткове закриття: входи відкриються завтра.
        [few] { $count } збиткові закриття поспіль: входи відкриються завтра.
       *[many] { $count } збиткових закриттів поспіль: входи відкриються завтра.
    }
risk-cooldown =
    { $minutes ->
        [one] Після збиткового закриття входи чекають ще { $minutes } хвилину.
        [few] Після збиткового закриття входи чекають ще { $minutes } хвилини.
       *[many] Після збиткового закриття входи чекають ще { $minutes } хвилин.
    }
risk-symbol = Пари { $symbol } немає серед дозволених у ваших /limits.
risk-thin = Ринок надто тонкий: { $turnover } USDT за 24 год, ваша межа { $least }.
risk-positions = Відкрито або в дорозі { $open } з { $most } позицій.
risk-symbol-value = За { $symbol } було б { $value } USDT, ваша межа { $most }.
risk-total-value = Усі позиції коштували б { $value } USDT, ваша межа { $most }.
risk-leverage = { $leverage }x більше за вашу межу { $most }x.
risk-account-leverage = Усі позиції були б у { $leverage } раза більші за вартість рахунку, ваша межа { $most }.
risk-trade-unknown = Без стопа невідомо, скільки можна втратити; ваша межа { $percent } на угоду.
risk-trade =
    { $joined ->
        [0] Можна втратити
       *[other] Разом із позицією можна втратити
    } { $loss } USDT, це { $loss_percent } вартості рахунку; ваша межа { $most_percent } на угоду.
risk-trade-held = Сама позиція втратить на цьому стопі { $loss } USDT, це { $loss_percent } вартості рахунку; ваша межа { $most_percent } на угоду. Розмір ордера тут не допоможе: допоможе ближчий стоп, або спершу закрийте частину.
limits-range = Тут потрібне число від { $minimum } до { $maximum }.
limits-same = Ці межі вже діють.
limits-too-many-symbols = Пар може бути не більше { $most }.
risk-value-old = Вартість рахунку не прочитано за останні 30 секунд: нічого не надіслано.
promise-limit-near =
    ⚠️ { $account_type ->
        [paper] Практика
        [demo] Bybit Демо
       *[live] Реальний рахунок
    }: { $limit ->
        [drawdown] можна втратити ще { $left } USDT із { $whole } USDT, потім межа просідання закриє входи.
       *[daily] сьогодні можна втратити ще { $left } USDT із { $whole } USDT, потім входи закриються до завтра.
    }
promise-limit-reached =
    🛑 { $account_type ->
        [paper] Практика
        [demo] Bybit Демо
       *[live] Реальний рахунок
    }: { $limit ->
        [drawdown] досягнуто межі просідання. Входи закрито; що можна зробити, скаже /limits.
        [tilt] забагато збиткових закриттів поспіль. Входи закрито до завтра.
       *[daily] досягнуто межі збитку за день. Входи закрито до завтра.
    } Позиції та їхні стопи лишаються. { $canceled ->
        [0] Жоден вхід не чекав.
        [one] Скасовується { $canceled } вхід, що чекав.
        [few] Скасовуються { $canceled } входи, що чекали.
       *[many] Скасовуються { $canceled } входів, що чекали.
    }
