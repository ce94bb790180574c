## Ордера словами: как они поняты и о чём спросить.

typed-title = <i>Вот как я это понял. Пока ничего не отправлено.</i>
typed-what = <b>{ $side } { $symbol }</b> · { $account }
typed-size = Размер: <b>{ $size }</b>
typed-size-by-settings = Размер: <b>{ $size }</b>, как в /settings
typed-size-share = { $percent } от стоимости счёта
typed-size-risk = { $percent } от стоимости счёта под риском на стопе
typed-size-max = всё, что свободно
typed-limit = Лимит: <b>{ $price }</b>
typed-entries = Два входа: <b>{ $prices }</b>
typed-zone = Зона { $low } – { $high }: один вход, лимит <b>{ $price }</b>
typed-stop = Стоп: <b>{ $stop }</b>
typed-no-stop = <b>Без стопа</b>
typed-targets =
    { $count ->
        [one] Цель: <b>{ $targets }</b>
        [few] Цели: <b>{ $targets }</b>
       *[many] Цели: <b>{ $targets }</b>
    }
typed-no-target = Без цели
typed-away = { $percent } от входа
typed-breakeven = После первой цели стоп уйдёт в безубыток
typed-trailing = Трейлинг-стоп за лучшей ценой: <b>{ $percent }</b>
typed-leverage = Плечо: <b>{ $leverage }x</b>
typed-unread = Не относится к ордеру: { $words }
typed-or-type = Или напишите, что здесь должно стоять.
typed-fix = Что должно стоять вместо «{ $word }»? Напишите, и я поставлю это на место.

typed-doubt-side = ❓ Купить или продать?
typed-doubt-symbol = ❓ Какая монета? Напишите: btc, eth, sol …
typed-doubt-two-symbols = ❓ «{ $word }»: это вторая монета. Один ордер – одна монета.
typed-doubt-unknown-symbol = ❓ Бессрочного контракта «{ $word }» я не знаю.
typed-doubt-ambiguous = ❓ «{ $word }» можно прочесть двояко. Как верно?
typed-doubt-unreadable = ❓ «{ $word }» здесь не читается как число.
typed-doubt-bare = ❓ «{ $word }»: доллары, монеты или цена?
typed-doubt-far = ❓ Цена «{ $word }» далека от рынка ({ $market }). Что имелось в виду?
typed-doubt-second = ❓ «{ $word }» во второй раз и иначе говорит то, что уже сказано.
typed-doubt-lacks = ❓ «{ $word }»: не хватает числа.
typed-doubt-percent = ❓ «{ $word }»: здесь другая единица. Риск – это процент, вход – это цена.
typed-doubt-shares = ❓ Доли у «{ $word }»: по одной на цель, всего 100 %.
typed-doubt-sign = ❓ Знак у «{ $word }» сюда не подходит.
typed-doubt-order = ❓ Цели должны идти в одну сторону, а «{ $word }» возвращает назад.
typed-doubt-word = ❓ «{ $word }» может изменить смысл ордера, и я не знаю, как это понять.
typed-doubt-unknown-word = ❓ Я не знаю слова «{ $word }», а за ним стоит число.
typed-doubt-money = ❓ «{ $word }»: я считаю только в USDT. Сколько это?
typed-doubt-leverage = ❓ Плечо «{ $word }»: это целое число от 1 до 200.
typed-doubt-spot = ❓ «{ $word }»: спот здесь пока не торгуется, только бессрочные контракты в USDT.
typed-doubt-too-many = ❓ «{ $word }» уже лишнее: в ордере не больше двух входов и пяти целей.

button-typed-go-on = Дальше
button-typed-fix = Исправить «{ $word }»
button-typed-leave-out = Убрать «{ $word }»
button-typed-limit = Лимит { $price }
button-typed-meant = Да, { $price }
question-typed-word = слово вашего ордера
