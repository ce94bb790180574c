## Позиция и что с ней делают: закрыть, стоп, цели, ордера.

command-close = Закрыть позицию целиком или частью

leg-title = <b>{ $symbol }</b>
leg-head = <b>{ $name }</b> · { $account }
leg-flat = <b>{ $symbol }</b>: на счёте { $account } ничего не открыто.
leg-net = { $arrow } Если закрыть сейчас: <b>{ $net }</b> после комиссий и спреда
leg-net-unknown = Сколько принесёт закрытие, неизвестно: цены сейчас нет.
leg-target = Цель { $number }
leg-stop-changed = ⚠️ Bybit и я расходимся: стоп или последняя цель изменены не здесь. Замечено { $time }. Сам я ничего не возвращаю.
leg-stop-on-its-way = ⏳ Стоп в пути и ещё не подтверждён.
leg-stop-at-exchange = 🛡 Стоп стоит на бирже.
leg-stop-verified = 🛡 Стоп стоит на бирже: проверен { $age } назад.
leg-breakeven =
    { $state ->
        [done] Стоп стоит в безубытке.
        [passed] ⚠️ Цена уже прошла безубыток: стоп остался на месте.
       *[other] После первой цели стоп перейдёт в безубыток.
    }
leg-owner =
    { $owner ->
        [foreign] ⚠️ Я не управляю этой позицией, только смотрю за ней.
       *[mixed] ⚠️ Часть открыта не здесь: через меня { $ours }, закрытие заберёт всю позицию.
    }
leg-before = ◀ { $name }
leg-after = { $name } ▶
button-close = Закрыть
button-leg-close = Закрыть
button-leg-all = Всё
button-leg-half = ½
button-leg-quarter = ¼
button-leg-stop = Стоп
button-leg-targets = Цели
button-leg-breakeven = Безубыток
button-leg-orders = Ордера: { $count }

close-title = <b>Закрыть</b> · { $account }
close-what =
    { $whole ->
        [1] Закрыть всё, <b>{ $size }</b>, рыночным ордером.
       *[other] Закрыть <b>{ $size }</b> рыночным ордером; остальное останется.
    }
close-net = { $arrow } Около <b>{ $net }</b> после комиссий и спреда
close-line = { $arrow } { $leg }: <b>{ $net }</b>
close-lead = Если закрыть сейчас, после комиссий и спреда:
close-nothing = Там ничего не открыто.
close-how = Какую часть? Например: <code>закрыть btc половину</code> или <code>закрыть btc 30%</code>
close-too-small = ⚠️ Слишком мало, чтобы закрыть часть, останется как есть: { $names }
close-two-groups = Какие из них? По одной группе за раз: <code>закрыть убыточные</code>
close-no-such = По { $symbol } ничего не открыто. Что открыто, покажет /positions.
leg-none-there =
    На счёте «{ $account }» по { $symbol } ничего не открыто. { $elsewhere ->
        [none] Что открыто, покажет /positions.
        [paper] Открыто на Практике: допишите слово <code>практика</code>.
        [demo] Открыто на Bybit Демо: допишите слово <code>демо</code>.
       *[live] Открыто на реальном счёте: допишите слово <code>реал</code>.
    }
close-together = { $share }, вместе: около <b>{ $net }</b>
close-share =
    { $percent ->
        [100] Целиком
       *[other] { $percent } % каждой
    }
button-close-now = Закрыть { $size }
button-close-many =
    { $percent ->
        [100] { $count ->
            [one] Закрыть { $count } позицию
            [few] Закрыть { $count } позиции
           *[many] Закрыть { $count } позиций
        }
       *[other] Закрыть { $percent } % каждой: { $count }
    }
button-close-half-of-each = Вместо этого половину каждой
close-more = … и ещё { $count }
close-together-without =
    { $count ->
        [one] Без { $count } позиции, цены которой сейчас нет.
        [few] Без { $count } позиций, цен которых сейчас нет.
       *[many] Без { $count } позиций, цен которых сейчас нет.
    }
closing-count = Готово: { $done } из { $all }
closing-together = Вместе: <b>{ $net }</b> после всех комиссий
button-close-half-of-all = ½ всех
button-close-whole = Вместо этого целиком
button-close-group =
    { $group ->
        [win] В плюсе: { $count }
        [lose] В минусе: { $count }
        [long] Лонги: { $count }
        [short] Шорты: { $count }
       *[all] Все: { $count }
    }
closing-title = <b>Закрытие</b> · { $account }
closing-sent = ⏳ <b>{ $symbol }</b>: закрываю.
closing-unknown = ⏳ <b>{ $symbol }</b>: ответа ещё нет. Я спрашиваю дальше; дважды ничего не отправляется.
closing-refused = ⛔ <b>{ $symbol }</b>: не закрыто. { $reason }
closing-again = ⏳ <b>{ $symbol }</b>: пока не закрыто. { $reason } Пробую снова, пока не закроется.
closing-goes-on = ⏳ Остальное ещё закрывается.
closing-done = ✅ <b>{ $symbol }</b>: закрыто { $size } по { $price }
closing-counting = ⏳ Исполнено; считаю, что это принесло.
closing-result = { $arrow } <b>{ $pnl }</b> после всех комиссий
closing-cost =
    { $known ->
        [1] Стоило: комиссии { $fees }, проскальзывание { $slippage }
       *[other] Стоило: комиссии { $fees }
    }
closing-funding = Фандинг, пока она была открыта: { $funding }
intent-refused = Биржа отказала (код { $code }).

# Стоп, цели, безубыток.
stop-ask = <b>Где поставить стоп?</b> Нажмите или пришлите цену (<code>62900</code>) или расстояние от текущей (<code>2%</code>). Ставится сразу; старый стоп стоит, пока не встанет новый.
stop-moved = ✅ Стоп: { $before } → <b>{ $after }</b>
targets-ask = <b>Где забрать прибыль?</b> Нажмите одну цель на всё или пришлите до пяти цен, при желании с долями: <code>66k 68k 70k 50/30/20</code>. Новые цели заменят старые.
targets-how = Пришлите до { $most } цен, при желании с долями: <code>66k 68k 70k 50/30/20</code>
targets-shares = Каждой из { $count } цен нужна своя доля; вместе не больше 100: <code>50/30/20</code>
targets-set =
    { $count ->
        [0] ✅ Целей больше нет.
       *[other] ✅ Ставлю цели:
    }
targets-line = Цель { $number } · <b>{ $price }</b> · { $size }
targets-joined = Цель { $number } · <b>{ $price }</b> · слишком мала для своего ордера ({ $size }), войдёт в следующую
breakeven-ask = Закрытие по <b>{ $price }</b> ничего не стоит, с учётом всех комиссий. Поставить стоп туда?
breakeven-done = ✅ <b>{ $symbol }</b>: стоп стоит в безубытке.
level-sent = ⏳ <b>{ $symbol }</b>: меняю; старый стоп стоит.
level-unknown = ⏳ <b>{ $symbol }</b>: ответа ещё нет. Я перечитаю стоп и скажу.
level-refused = ⛔ <b>{ $symbol }</b>: стоп остался как был. { $reason }
button-no-stop = Без стопа
button-no-targets = Без целей
button-to-breakeven = Поставить стоп туда
question-trade-stop = где поставить стоп
question-trade-targets = где забрать прибыль

# Отмена ордеров.
cancels-title = <b>Отменить ордера</b> · { $account }
cancels-none = Там ни один ордер не ждёт.
cancels-line = { $number }. <b>{ $symbol }</b> · { $side } · { $size } · { $price }
cancels-stops = <i>Стопы и тейк-профиты меняются на карточке позиции: «Стоп», «Цели».</i>
cancels-market = рыночный
button-cancel-order = ✕ { $number }. { $name }
button-cancel-all = Отменить все входы
button-cancel-some = Отменить ордера
canceling-title = <b>Отмена</b> · { $account }
canceling-none = Ни один вход не ждал; стопы и цели остались.
canceling-sent = ⏳ <b>{ $symbol }</b>: отменяю.
canceling-unknown = ⏳ <b>{ $symbol }</b>: ответа ещё нет. Я спрашиваю дальше.
canceling-done = ✅ <b>{ $symbol }</b>: отменён.
canceling-late = <b>{ $symbol }</b>: ордера уже нет: исполнен или отменён. { $reason }

# Сообщения, которые звонят.
told-entry-filled =
    { $whole ->
        [1] ✅ Исполнено: { $side } { $filled } по { $price }
       *[other] ✅ Исполнено частично: { $side } { $filled } по { $price }; { $rest } не исполнено.
    }
told-entry-none =
    { $state ->
        [unknown] ⏳ { $side } { $size }: ответа ещё нет. Я спрашиваю дальше; дважды ничего не отправляется. { $reason }
        [rejected] ⛔ { $side } { $size }: отказано. { $reason }
        [refused] ⛔ { $side } { $size }: отказано. { $reason }
        [abandoned] { $side } { $size }: не отправлено. { $reason }
        [not_placed] { $side } { $size }: до биржи не дошло; можно отправить снова. { $reason }
       *[other] { $side } { $size }: отменено без исполнения. { $reason }
    }
told-closed =
    { $reason ->
        [target] 🎯 <b>{ $target ->
            [0] Цель
           *[other] Цель { $target }
        } достигнута</b>: { $side } { $size } закрыто
        [stop] 🛡 <b>Сработал стоп</b>: { $side } { $size } закрыто
        [trailing] 🛡 <b>Сработал трейлинг-стоп</b>: { $side } { $size } закрыто
        [liquidation] 🔥 <b>Ликвидация</b>: { $side } { $size }
        [adl] ⛔ <b>Урезано по ADL</b>: { $side } { $size }
        [emergency] ⛔ <b>Закрыто, потому что стоп не вставал</b>: { $side } { $size }
        [settlement] ⛔ <b>Рассчитано</b>: эта пара больше не торгуется: { $side } { $size }
        [elsewhere] <b>Закрыто не здесь</b>: { $side } { $size }
       *[other] <b>Закрыто</b>: { $side } { $size }
    }
told-closed-prices = { $entry } → <b>{ $exit }</b>
told-remaining = { $size } остаётся открытым.
told-closed-whole = Вся сделка после всех затрат, закрытий { $count }: <b>{ $whole }</b>
told-exit-refused =
    { $intent ->
        [close] ⛔ <b>Не закрыто.</b> { $reason } Позиция стоит: если срочно, закройте её в приложении Bybit.
        [reduce] ⛔ <b>Не закрыто.</b> { $reason } Позиция стоит как была.
        [stop] ⛔ <b>Стоп не встал.</b> { $reason }
        [target] ⛔ <b>{ $target ->
            [0] Цель
           *[other] Цель { $target }
        } не встала.</b> { $reason }
       *[other] ⛔ <b>Биржа отказала.</b> { $reason }
    }
told-stop-missing = 🚨 <b>Стоп { $stop } ещё не стоит.</b> Я ставлю его; если цена его пройдёт, закрою позицию.
told-stop-changed = ⚠️ <b>Bybit и я расходимся.</b> Это изменили на Bybit; сам я ничего не возвращаю, ждущие входы здесь отменены.
told-stop-was = Стоп: обещан { $promised }, сейчас <b>{ $seen }</b>
told-target-was = Последняя цель: обещана { $promised }, сейчас <b>{ $seen }</b>
told-level-by =
    { $trigger ->
        [MarkPrice] { $price } (цена маркировки)
        [IndexPrice] { $price } (цена индекса)
       *[LastPrice] { $price } (последняя цена)
    }
told-target-gone = ⚠️ <b>Bybit и я расходимся.</b> Цель { $number } на { $price } отменена не здесь; сам я её не возвращаю.
told-target-moved = ⚠️ <b>Bybit и я расходимся.</b> Цель { $number } на { $price } стоит теперь на <b>{ $seen }</b>; сам я её назад не двигаю.
told-target-refused = ⚠️ Цель { $number } на { $price } не стоит: биржа её не приняла. { $reason }
told-breakeven = 🛡 Первая цель достигнута: стоп идёт в безубыток всей сделки, <b>{ $stop }</b>.
told-breakeven-passed = ⚠️ Первая цель достигнута, но цена уже прошла безубыток: старый стоп остаётся.
told-foreign = ⚠️ <b>Bybit и я расходимся.</b> Позиция { $size }, из них { $ours } открыто здесь. Стоп я не трогаю; цели и безубыток ждут, добавлять я не буду.
told-turned = ⚠️ <b>Bybit и я расходимся.</b> Позиция перевернулась: на Bybit { $size }, а здесь открывали { $ours }. Стоп для неё я не ставлю; входы отсюда отменены.
told-gone = ⚠️ <b>Bybit и я расходимся.</b> Позиции больше нет, а сделки, которая её закрыла, я не вижу. Её входы и цели отменены; подробности в истории Bybit.
told-found = ⚠️ Найдено после восстановления: это моё, но цели неизвестны. Ждущие входы отменены; позиция сохраняет стоп.
breakeven-passed = Закрытие ничего не стоит по <b>{ $price }</b>, но цена ещё не там: стоп сработал бы сразу. Стоп остаётся как есть.
breakeven-unknown = Где закрытие ничего не стоит, неизвестно: { $price }. Стоп остаётся как есть.
close-no-parts = <i>Часть была бы меньше наименьшего ордера, поэтому закрывается всё.</i>
told-updates-taken =
    { $by ->
        [instance] 🛑 <b>То, что люди пишут этому боту, забирает другой его экземпляр</b>: он обращается к Telegram с тем же ключом. Входы остановлены для всех. Остановите один из двух, затем снимите остановку: /unhalt. Если никто из вас его не запускал, ключ бота утёк: отзовите его у @BotFather.
       *[webhook] 🛑 <b>Telegram отправляет то, что люди пишут этому боту, в другое место</b>: для этого бота задан другой webhook или не задан никакой. Входы остановлены для всех. Разберитесь с webhook (<code>perpdesk webhook take</code> на сервере), затем снимите остановку: /unhalt. Если никто из вас его не задавал, ключ бота утёк: отзовите его у @BotFather.
    }
told-managed = Стопы и закрытия работают.
told-not-managed = ⚠️ <b>Позиции тоже не ведутся</b>, чтобы два бота не двигали их стопы и цели: всё, что стоит на Bybit, остаётся как есть до /unhalt.
told-entries-halted =
    { $count ->
        [one] 🛑 Входы остановлены для всех. { $count } ваш вход ещё ждёт и может исполниться.
        [few] 🛑 Входы остановлены для всех. { $count } ваших входа ещё ждут и могут исполниться.
       *[many] 🛑 Входы остановлены для всех. { $count } ваших входов ещё ждут и могут исполниться.
    }
told-margin-mode = ⚠️ Режим маржи этого счёта переключили с «{ $before }» на «<b>{ $after }</b>», и сделал это не я. Открытое теперь обеспечено иначе, чем было на карточках: посмотрите ликвидацию каждой позиции. Ждущие ордера остаются, новые карточки считают по новому режиму.
margin-mode =
    { $mode ->
        [ISOLATED_MARGIN] изолированная
        [PORTFOLIO_MARGIN] портфельная
       *[REGULAR_MARGIN] кросс
    }
told-maintenance =
    { $known ->
        [1] 🛠 <b>На Bybit технические работы</b>, примерно до { $end }. Ордера, закрытия и ответы могут опаздывать или не пройти. Стопы и цели стоят на Bybit; я продолжаю спрашивать и скажу, что стало с вашими.
       *[other] 🛠 <b>На Bybit технические работы.</b> Ордера, закрытия и ответы могут опаздывать или не пройти. Стопы и цели стоят на Bybit; я продолжаю спрашивать и скажу, что стало с вашими.
    }
told-maintenance-title = <i>Сообщение Bybit: { $title }</i>
told-account = <b>{ $account }</b>
told-entries-unlicensed =
    { $count ->
        [one] ⏳ Лицензия, с которой здесь можно было входить, закончилась. { $count } вход ещё ждёт и может исполниться.
        [few] ⏳ Лицензия, с которой здесь можно было входить, закончилась. { $count } входа ещё ждут и могут исполниться.
       *[many] ⏳ Лицензия, с которой здесь можно было входить, закончилась. { $count } входов ещё ждут и могут исполниться.
    }
cancel-gone = Этого ордера <b>{ $symbol }</b> уже нет: исполнен или отменён. Что из двух, покажет /trades.
