account-not-traded =
    { $account_type ->
        [live] Торговля на реальном счёте в этом боте выключена: ордера туда отсюда не уходят, и закрыть там я ничего не могу.
       *[demo] Ордера на Bybit Демо отсюда не ставятся, и закрыть там я ничего не могу.
    } Это делает приложение Bybit; что открыто, показывает /positions.
card-not-trading = { $symbol } сейчас не торгуется.
card-value-unknown = Сколько стоит счёт, сейчас неизвестно.
card-opposite =
    По { $symbol } открыта позиция в другую сторону: { $qty }. В одностороннем режиме этот ордер её уменьшил бы: сначала закройте её.
card-opposite-resting =
    { $count ->
        [one] По { $symbol } ждёт { $count } ордер в другую сторону: сначала отмените его.
        [few] По { $symbol } ждут { $count } ордера в другую сторону: сначала отмените их.
       *[many] По { $symbol } ждут { $count } ордеров в другую сторону: сначала отмените их.
    }
card-foreign = Позицией { $held } по { $symbol } я не управляю. Стоп этого ордера накрыл бы её целиком.
card-leverage-too-high = { $leverage }x больше, чем { $most }x: это наибольшее плечо для пары.
card-leverage-in-use = { $leverage }x изменит то, что открыто по этой паре с { $own }x.
card-leverage-own = Плечо пары { $own }x, больше, чем { $leverage }x в /settings. Чтобы снизить, допишите к ордеру { $leverage }x.
card-leverage-set = Плечо этой пары сначала меняется с { $own }x на { $leverage }x.
card-price-rounded = Цена округлена до { $price }: шаг цены здесь { $tick }.
card-price-zero = Цена меньше одного шага ({ $tick }).
card-beyond-limits = Цена { $price } за пределом биржи { $limit_price } и будет сдвинута на него.
card-limit-crosses = Цена на рынке или за ним ({ $touch_price }): то, что там есть, исполнится сразу.
card-no-stop = Стопа нет: убыток ограничит только ликвидация.
card-stop-default = Стоп на расстоянии { $percent }, как в /settings.
card-outside-limits = Рынок ({ $touch_price }) за ценовым пределом биржи { $limit_price }.
card-stop-too-near = Стоп { $stop } слишком близко к рынку ({ $touch_price }).
card-risk-unknown = Для размера по риску нужен стоп.
card-too-small = Наименьший ордер здесь { $least } { $coin } (около { $value } USDT).
card-too-large = { $qty } больше, чем { $most }: это наибольший размер одного ордера.
card-size-rounded = Размер округлён вниз с { $wanted }: шаг размера { $step }.
card-stop-above = Стоп лонга должен быть ниже { $price }, а { $stop } не ниже.
card-stop-below = Стоп шорта должен быть выше { $price }, а { $stop } не выше.
card-stop-beyond-liquidation = Стоп { $stop } слишком близко к ликвидации на { $liquidation } или за ней.
card-lower-leverage = С плечом { $leverage }x ликвидация окажется далеко за стопом.
card-target-joined =
    { $count ->
        [one] На { $target } { $count } цель: доля была слишком мала для ордера.
        [few] На { $target } { $count } цели стали одной: доля была слишком мала для ордера.
       *[many] На { $target } { $count } целей стали одной: доля была слишком мала для ордера.
    }
card-target-below = Цель лонга должна быть выше { $price }, а { $target } не выше.
card-target-above = Цель шорта должна быть ниже { $price }, а { $target } не ниже.
card-margin = Нужно { $margin } USDT маржи, свободно { $available } USDT.
card-rows = Bybit держит по { $symbol } не больше { $most } стопов и целей, а уже стоит { $count }.
card-loss-over-budget = На стопе убыток { $loss } USDT, а сегодня можно потерять ещё { $left } USDT.
card-level-below-zero = Стоп или цель — это цена больше 0.
card-targets-too-many = Целей может быть не больше { $most }.
card-shares = Долей должно быть столько же, сколько целей, и вместе 100 %.
risk-daily-loss = Убыток за сегодня достиг { $percent } стоимости счёта. Входы откроются завтра.
risk-drawdown = Счёт на { $percent } ниже своей наибольшей стоимости. Что можно сделать, скажет /limits.
risk-tilt =
    { $count ->
        [one] { $count } убыточное закрытие: входы откроются завтра.
        [few] { $count } убыточных закрытия подряд: входы откроются завтра.
       *[many] { $count } убыточных закрытий подряд: входы откроются завтра.
    }
risk-cooldown =
    { $minutes ->
        [one] После убыточного закрытия входы ждут ещё { $minutes } минуту.
        [few] После убыточного закрытия входы ждут ещё { $minutes } минуты.
       *[many] После убыточного закрытия входы ждут ещё { $minutes } минут.
    }
risk-symbol = Пары { $symbol } нет среди разрешённых в ваших /limits.
risk-thin = Рынок слишком тонкий: { $turnover } USDT за 24 ч, ваш предел { $least }.
risk-positions = Открыто или в пути { $open } из { $most } позиций.
risk-symbol-value = По { $symbol } было бы { $value } USDT, ваш предел { $most }.
risk-total-value = Все позиции стоили бы { $value } USDT, ваш предел { $most }.
risk-leverage = { $leverage }x больше вашего предела { $most }x.
risk-account-leverage = Все позиции были бы в { $leverage } раза больше стоимости счёта, ваш предел { $most }.
risk-trade-unknown = Без стопа неизвестно, сколько можно потерять; ваш предел { $percent } на сделку.
risk-trade =
    { $joined ->
        [0] Можно потерять
       *[other] Вместе с позицией можно потерять
    } { $loss } USDT, это { $loss_percent } стоимости счёта; ваш предел { $most_percent } на сделку.
risk-trade-held = Одна только позиция потеряет на этом стопе { $loss } USDT, это { $loss_percent } стоимости счёта; ваш предел { $most_percent } на сделку. Размер ордера тут не поможет: поможет стоп поближе, или сначала закройте часть.
limits-range = Здесь нужно число от { $minimum } до { $maximum }.
limits-same = Эти пределы уже действуют.
limits-too-many-symbols = Пар может быть не больше { $most }.
risk-value-old = Стоимость счёта не прочитана за последние 30 секунд: ничего не отправлено.
promise-limit-near =
    ⚠️ { $account_type ->
        [paper] Практика
        [demo] Bybit Демо
       *[live] Реальный счёт
    }: { $limit ->
        [drawdown] можно потерять ещё { $left } USDT из { $whole } USDT, потом предел просадки закроет входы.
       *[daily] сегодня можно потерять ещё { $left } USDT из { $whole } USDT, потом входы закроются до завтра.
    }
promise-limit-reached =
    🛑 { $account_type ->
        [paper] Практика
        [demo] Bybit Демо
       *[live] Реальный счёт
    }: { $limit ->
        [drawdown] достигнут предел просадки. Входы закрыты; что можно сделать, скажет /limits.
        [tilt] слишком много убыточных закрытий подряд. Входы закрыты до завтра.
       *[daily] достигнут предел убытка за день. Входы закрыты до завтра.
    } Позиции и их стопы остаются. { $canceled ->
        [0] Ни один вход не ждал.
        [one] Отменяется { $canceled } вход, который ждал.
        [few] Отменяются { $canceled } входа, которые ждали.
       *[many] Отменяются { $canceled } входов, которые ждали.
    }
