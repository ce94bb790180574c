## Позиція і що з нею роблять: закрити, стоп, цілі, ордери.

command-close = Закрити позицію повністю або частиною

leg-title = <b>{ $symbol }</b>
leg-head = <b>{ $name }</b> · { $account }
leg-flat = <b>{ $symbol }</b>: на рахунку { $account } нічого не відкрито.
leg-net = { $arrow } Якщо закрити зараз: <b>{ $net }</b> після комісій і спреду
leg-net-unknown = Скільки принесе закриття, невідомо: ціни зараз немає.
leg-target = Ціль { $number }
leg-stop-changed = ⚠️ Bybit і я розходимося: стоп або останню ціль змінено не тут. Помічено { $time }. Сам я нічого не повертаю.
leg-stop-on-its-way = ⏳ Стоп у дорозі і ще не підтверджений.
leg-stop-at-exchange = 🛡 Стоп стоїть на біржі.
leg-stop-verified = 🛡 Стоп стоїть на біржі: перевірено { $age } тому.
leg-breakeven =
    { $state ->
        [done] Стоп стоїть у беззбитку.
        [passed] ⚠️ Ціна вже пройшла беззбиток: стоп лишився на місці.
       *[other] Після першої цілі стоп перейде в беззбиток.
    }
leg-owner =
    { $owner ->
        [foreign] ⚠️ Я не керую цією позицією, лише стежу за нею.
       *[mixed] ⚠️ Частину відкрито не тут: через мене { $ours }, закриття забере всю позицію.
    }
leg-before = ◀ { $name }
leg-after = { $name } ▶
button-close = Закрити
button-leg-close = Закрити
button-leg-all = Усе
button-leg-half = ½
button-leg-quarter = ¼
button-leg-stop = Стоп
button-leg-targets = Цілі
button-leg-breakeven = Беззбиток
button-leg-orders = Ордери: { $count }

close-title = <b>Закрити</b> · { $account }
close-what =
    { $whole ->
        [1] Закрити все, <b>{ $size }</b>, ринковим ордером.
       *[other] Закрити <b>{ $size }</b> ринковим ордером; решта лишиться.
    }
close-net = { $arrow } Близько <b>{ $net }</b> після комісій і спреду
close-line = { $arrow } { $leg }: <b>{ $net }</b>
close-lead = Якщо закрити зараз, після комісій і спреду:
close-nothing = Там нічого не відкрито.
close-how = Яку частину? Наприклад: <code>закрити btc половину</code> або <code>закрити btc 30%</code>
close-too-small = ⚠️ Замало, щоб закрити частину, лишиться як є: { $names }
close-two-groups = Які з них? По одній групі за раз: <code>закрити збиткові</code>
close-no-such = По { $symbol } нічого не відкрито. Що відкрито, покаже /positions.
leg-none-there =
    На рахунку «{ $account }» по { $symbol } нічого не відкрито. { $elsewhere ->
        [none] Що відкрито, покаже /positions.
        [paper] Відкрито на Практиці: допишіть слово <code>практика</code>.
        [demo] Відкрито на Bybit Демо: допишіть слово <code>демо</code>.
       *[live] Відкрито на реальному рахунку: допишіть слово <code>реал</code>.
    }
close-together = { $share }, разом: близько <b>{ $net }</b>
close-share =
    { $percent ->
        [100] Повністю
       *[other] { $percent } % кожної
    }
button-close-now = Закрити { $size }
button-close-many =
    { $percent ->
        [100] { $count ->
            [one] Закрити { $count } позицію
            [few] Закрити { $count } позиції
           *[many] Закрити { $count } позицій
        }
       *[other] Закрити { $percent } % кожної: { $count }
    }
button-close-half-of-each = Натомість половину кожної
close-more = … і ще { $count }
close-together-without =
    { $count ->
        [one] Без { $count } позиції, ціни якої зараз немає.
        [few] Без { $count } позицій, цін яких зараз немає.
       *[many] Без { $count } позицій, цін яких зараз немає.
    }
closing-count = Готово: { $done } з { $all }
closing-together = Разом: <b>{ $net }</b> після всіх комісій
button-close-half-of-all = ½ усіх
button-close-whole = Натомість повністю
button-close-group =
    { $group ->
        [win] У плюсі: { $count }
        [lose] У мінусі: { $count }
        [long] Лонги: { $count }
        [short] Шорти: { $count }
       *[all] Усі: { $count }
    }
closing-title = <b>Закриття</b> · { $account }
closing-sent = ⏳ <b>{ $symbol }</b>: закриваю.
closing-unknown = ⏳ <b>{ $symbol }</b>: відповіді ще немає. Я питаю далі; двічі нічого не надсилається.
closing-refused = ⛔ <b>{ $symbol }</b>: не закрито. { $reason }
closing-again = ⏳ <b>{ $symbol }</b>: поки не закрито. { $reason } Пробую знову, доки не закриється.
closing-goes-on = ⏳ Решта ще закривається.
closing-done = ✅ <b>{ $symbol }</b>: закрито { $size } по { $price }
closing-counting = ⏳ Виконано; рахую, що це принесло.
closing-result = { $arrow } <b>{ $pnl }</b> після всіх комісій
closing-cost =
    { $known ->
        [1] Коштувало: комісії { $fees }, прослизання { $slippage }
       *[other] Коштувало: комісії { $fees }
    }
closing-funding = Фандинг, поки вона була відкрита: { $funding }
intent-refused = Біржа відмовила (код { $code }).

# Стоп, цілі, беззбиток.
stop-ask = <b>Де поставити стоп?</b> Натисніть або надішліть ціну (<code>62900</code>) чи відстань від поточної (<code>2%</code>). Ставиться одразу; старий стоп стоїть, доки не стане новий.
stop-moved = ✅ Стоп: { $before } → <b>{ $after }</b>
targets-ask = <b>Де забрати прибуток?</b> Натисніть одну ціль на все або надішліть до п’яти цін, за бажання з частками: <code>66k 68k 70k 50/30/20</code>. Нові цілі замінять старі.
targets-how = Надішліть до { $most } цін, за бажання з частками: <code>66k 68k 70k 50/30/20</code>
targets-shares = Кожній із { $count } цін потрібна своя частка; разом не більше 100: <code>50/30/20</code>
targets-set =
    { $count ->
        [0] ✅ Цілей більше немає.
       *[other] ✅ Ставлю цілі:
    }
targets-line = Ціль { $number } · <b>{ $price }</b> · { $size }
targets-joined = Ціль { $number } · <b>{ $price }</b> · замала для свого ордера ({ $size }), увійде в наступну
breakeven-ask = Закриття по <b>{ $price }</b> нічого не коштує, з усіма комісіями. Поставити стоп туди?
breakeven-done = ✅ <b>{ $symbol }</b>: стоп стоїть у беззбитку.
level-sent = ⏳ <b>{ $symbol }</b>: змінюю; старий стоп стоїть.
level-unknown = ⏳ <b>{ $symbol }</b>: відповіді ще немає. Я перечитаю стоп і скажу.
level-refused = ⛔ <b>{ $symbol }</b>: стоп лишився як був. { $reason }
button-no-stop = Без стопа
button-no-targets = Без цілей
button-to-breakeven = Поставити стоп туди
question-trade-stop = де поставити стоп
question-trade-targets = де забрати прибуток

# Скасування ордерів.
cancels-title = <b>Скасувати ордери</b> · { $account }
cancels-none = Там жоден ордер не чекає.
cancels-line = { $number }. <b>{ $symbol }</b> · { $side } · { $size } · { $price }
cancels-stops = <i>Стопи й тейк-профіти змінюються на картці позиції: «Стоп», «Цілі».</i>
cancels-market = ринковий
button-cancel-order = ✕ { $number }. { $name }
button-cancel-all = Скасувати всі входи
button-cancel-some = Скасувати ордери
canceling-title = <b>Скасування</b> · { $account }
canceling-none = Жоден вхід не чекав; стопи й цілі лишилися.
canceling-sent = ⏳ <b>{ $symbol }</b>: скасовую.
canceling-unknown = ⏳ <b>{ $symbol }</b>: відповіді ще немає. Я питаю далі.
canceling-done = ✅ <b>{ $symbol }</b>: скасовано.
canceling-late = <b>{ $symbol }</b>: ордера вже немає: виконано або скасовано. { $reason }

# Повідомлення, які дзвонять.
told-entry-filled =
    { $whole ->
        [1] ✅ Виконано: { $side } { $filled } по { $price }
       *[other] ✅ Виконано частково: { $side } { $filled } по { $price }; { $rest } не виконано.
    }
told-entry-none =
    { $state ->
        [unknown] ⏳ { $side } { $size }: відповіді ще немає. Я питаю далі; двічі нічого не надсилається. { $reason }
        [rejected] ⛔ { $side } { $size }: відмовлено. { $reason }
        [refused] ⛔ { $side } { $size }: відмовлено. { $reason }
        [abandoned] { $side } { $size }: не надіслано. { $reason }
        [not_placed] { $side } { $size }: до біржі не дійшло; можна надіслати знову. { $reason }
       *[other] { $side } { $size }: скасовано без виконання. { $reason }
    }
told-closed =
    { $reason ->
        [target] 🎯 <b>{ $target ->
            [0] Ціль
           *[other] Ціль { $target }
        } досягнуто</b>: { $side } { $size } закрито
        [stop] 🛡 <b>Спрацював стоп</b>: { $side } { $size } закрито
        [trailing] 🛡 <b>Спрацював трейлінг-стоп</b>: { $side } { $size } закрито
        [liquidation] 🔥 <b>Ліквідація</b>: { $side } { $size }
        [adl] ⛔ <b>Урізано по ADL</b>: { $side } { $size }
        [emergency] ⛔ <b>Закрито, бо стоп не ставав</b>: { $side } { $size }
        [settlement] ⛔ <b>Розраховано</b>: ця пара більше не торгується: { $side } { $size }
        [elsewhere] <b>Закрито не тут</b>: { $side } { $size }
       *[other] <b>Закрито</b>: { $side } { $size }
    }
told-closed-prices = { $entry } → <b>{ $exit }</b>
told-remaining = { $size } лишається відкритим.
told-closed-whole = Уся угода після всіх витрат, закриттів { $count }: <b>{ $whole }</b>
told-exit-refused =
    { $intent ->
        [close] ⛔ <b>Не закрито.</b> { $reason } Позиція стоїть: якщо поспішаєте, закрийте її в застосунку Bybit.
        [reduce] ⛔ <b>Не закрито.</b> { $reason } Позиція стоїть як була.
        [stop] ⛔ <b>Стоп не став.</b> { $reason }
        [target] ⛔ <b>{ $target ->
            [0] Ціль
           *[other] Ціль { $target }
        } не стала.</b> { $reason }
       *[other] ⛔ <b>Біржа відмовила.</b> { $reason }
    }
told-stop-missing = 🚨 <b>Стоп { $stop } ще не стоїть.</b> Я ставлю його; якщо ціна його пройде, закрию позицію.
told-stop-changed = ⚠️ <b>Bybit і я розходимося.</b> Це змінили на Bybit; сам я нічого не повертаю, входи, що тут чекали, скасовано.
told-stop-was = Стоп: обіцяно { $promised }, зараз <b>{ $seen }</b>
told-target-was = Остання ціль: обіцяно { $promised }, зараз <b>{ $seen }</b>
told-level-by =
    { $trigger ->
        [MarkPrice] { $price } (ціна маркування)
        [IndexPrice] { $price } (ціна індексу)
       *[LastPrice] { $price } (остання ціна)
    }
told-target-gone = ⚠️ <b>Bybit і я розходимося.</b> Ціль { $number } на { $price } скасовано не тут; сам я її не повертаю.
told-target-moved = ⚠️ <b>Bybit і я розходимося.</b> Ціль { $number } на { $price } стоїть тепер на <b>{ $seen }</b>; сам я її назад не рухаю.
told-target-refused = ⚠️ Ціль { $number } на { $price } не стоїть: біржа її не прийняла. { $reason }
told-breakeven = 🛡 Першу ціль досягнуто: стоп іде в беззбиток усієї угоди, <b>{ $stop }</b>.
told-breakeven-passed = ⚠️ Першу ціль досягнуто, але ціна вже пройшла беззбиток: старий стоп лишається.
told-foreign = ⚠️ <b>Bybit і я розходимося.</b> Позиція { $size }, з них { $ours } відкрито тут. Стоп я не чіпаю; цілі й беззбиток чекають, додавати я не буду.
told-turned = ⚠️ <b>Bybit і я розходимося.</b> Позиція перевернулася: на Bybit { $size }, а тут відкривали { $ours }. Стоп для неї я не ставлю; входи звідси скасовано.
told-gone = ⚠️ <b>Bybit і я розходимося.</b> Позиції більше немає, а угоди, яка її закрила, я не бачу. Її входи та цілі скасовано; подробиці в історії Bybit.
told-found = ⚠️ Знайдено після відновлення: це моє, але цілі невідомі. Входи, що чекали, скасовано; позиція зберігає стоп.
breakeven-passed = Закриття нічого не коштує по <b>{ $price }</b>, але ціна ще не там: стоп спрацював би одразу. Стоп лишається як є.
breakeven-unknown = Де закриття нічого не коштує, невідомо: { $price }. Стоп лишається як є.
close-no-parts = <i>Частина була б меншою за найменший ордер, тому закривається все.</i>
told-updates-taken =
    { $by ->
        [instance] 🛑 <b>Те, що люди пишуть цьому боту, забирає інший його екземпляр</b>: він звертається до Telegram з тим самим ключем. Входи зупинено для всіх. Зупиніть один із двох, потім зніміть зупинку: /unhalt. Якщо ніхто з вас його не запускав, ключ бота витік: відкличте його в @BotFather.
       *[webhook] 🛑 <b>Telegram надсилає те, що люди пишуть цьому боту, в інше місце</b>: для цього бота задано інший webhook або не задано жодного. Входи зупинено для всіх. Розберіться з webhook (<code>perpdesk webhook take</code> на сервері), потім зніміть зупинку: /unhalt. Якщо ніхто з вас його не задавав, ключ бота витік: відкличте його в @BotFather.
    }
told-managed = Стопи та закриття працюють.
told-not-managed = ⚠️ <b>Позиції теж не ведуться</b>, щоб два боти не рухали їхні стопи та цілі: усе, що стоїть на Bybit, лишається як є до /unhalt.
told-entries-halted =
    { $count ->
        [one] 🛑 Входи зупинено для всіх. { $count } ваш вхід ще чекає і може виконатися.
        [few] 🛑 Входи зупинено для всіх. { $count } ваші входи ще чекають і можуть виконатися.
       *[many] 🛑 Входи зупинено для всіх. { $count } ваших входів ще чекають і можуть виконатися.
    }
told-margin-mode = ⚠️ Режим маржі цього рахунку перемкнули з «{ $before }» на «<b>{ $after }</b>», і зробив це не я. Відкрите тепер забезпечене інакше, ніж було на картках: подивіться ліквідацію кожної позиції. Ордери, що чекають, лишаються, нові картки рахують за новим режимом.
margin-mode =
    { $mode ->
        [ISOLATED_MARGIN] ізольована
        [PORTFOLIO_MARGIN] портфельна
       *[REGULAR_MARGIN] крос
    }
told-maintenance =
    { $known ->
        [1] 🛠 <b>На Bybit технічні роботи</b>, приблизно до { $end }. Ордери, закриття й відповіді можуть запізнюватися або не пройти. Стопи й цілі стоять на Bybit; я питаю далі й скажу, що сталося з вашими.
       *[other] 🛠 <b>На Bybit технічні роботи.</b> Ордери, закриття й відповіді можуть запізнюватися або не пройти. Стопи й цілі стоять на Bybit; я питаю далі й скажу, що сталося з вашими.
    }
told-maintenance-title = <i>Повідомлення Bybit: { $title }</i>
told-account = <b>{ $account }</b>
told-entries-unlicensed =
    { $count ->
        [one] ⏳ Ліцензія, з якою тут можна було входити, закінчилася. { $count } вхід ще чекає і може виконатися.
        [few] ⏳ Ліцензія, з якою тут можна було входити, закінчилася. { $count } входи ще чекають і можуть виконатися.
       *[many] ⏳ Ліцензія, з якою тут можна було входити, закінчилася. { $count } входів ще чекають і можуть виконатися.
    }
cancel-gone = Цього ордера <b>{ $symbol }</b> вже немає: виконано або скасовано. Що з двох, покаже /trades.
