## Учения: практика минуту без меня.

command-drill = Минута без меня, на практике
button-drill = Учения
button-drill-start = Начать: 60 секунд
button-drill-stop = Остановить учения
button-drill-last = Прошлые учения
button-drill-again = Ещё раз
button-drill-page = Что произошло
drill-ask =
    <b>Учения</b> · { $account }
    { $seconds } секунд я не смотрю на ваш счёт практики: ничем не управляю, биржа практики работает по ценам Bybit. Потом я навёрстываю и показываю, что она сделала одна.
    Та же минута играется на копии, где рынок движется: через вашу цель и через ваш стоп, чтобы из практики ничего не пропало. Bybit Демо и реальный счёт не затрагиваются; /panic и закрытия работают всё время и прекращают учения.
drill-runs =
    🚧 <b>Учения</b> · { $account }
    Я не смотрю на практику до { $time }. Биржа практики одна с вашими стопами и целями. Я напишу, когда всё кончится; ваш ордер прекращает учения сразу.
drill-title = <b>Учения</b> · { $account } · { $time }
drill-ended =
    { $how ->
        [stopped] Вы их остановили.
        [order] Их прекратил ваш ордер: учений никто не ждёт.
       *[time] 60 секунд биржа была одна.
    }
drill-real = <b>Ваш счёт, по настоящим ценам</b>
drill-nothing-fired = Ничего не сработало: цена не дошла ни до стопа, ни до цели, ни до ордера.
drill-fill = • { $side } { $size } по { $price }
drill-real-caught-up =
    { $count ->
        [0] Навёрстывать было нечего.
        [one] Потом навёрстано мной: { $count } запрос.
        [few] Потом навёрстано мной: { $count } запроса.
       *[many] Потом навёрстано мной: { $count } запросов.
    }
drill-value = { $arrow } Стоимость счёта: { $change }
drill-scripted = <b>Та же минута на движущемся рынке, на копии</b>
drill-alone = <i>Биржа одна:</i>
drill-managed = <i>Со мной:</i>
drill-caught-up = <i>Я доделал бы после минуты отсутствия:</i>
drill-no-steps = • ничего
drill-more =
    { $count ->
        [one] • … и ещё { $count }
        [few] • … и ещё { $count }
       *[many] • … и ещё { $count }
    }
drill-step =
    { $event ->
        [entry] • { $time } вход: { $side } { $size } по { $price }
        [target] • { $time } цель: { $side } { $size } по { $price }
        [stop] • { $time } стоп: { $side } { $size } по { $price }
        [liquidation] • { $time } 🔥 ликвидация: { $side } { $size } по { $price }
        [closed] • { $time } закрыто: { $side } { $size } по { $price }
        [breakeven] • { $time } { $name }: стоп в безубыток, { $price }
        [stop-set] • { $time } { $name }: стоп поставлен на { $price }
        [canceled] • { $time } { $name }: ордер отменён
       *[order-placed] • { $time } { $name }: ордер поставлен{ $priced ->
            [1] { " " }по { $price }
           *[other] { "" }
        }
    }
drill-results = Итог без меня: <b>{ $alone }</b>; со мной: <b>{ $managed }</b>. Здесь я принёс { $difference }.
drill-over =
    { $how ->
        [order] 🚧 <b>Учения окончены</b>: их прекратил ваш ордер.
       *[time] 🚧 <b>Учения окончены.</b>
    } По настоящим ценам биржа без меня исполнила { $fills ->
        [0] ничего
        [one] { $fills } раз
        [few] { $fills } раза
       *[many] { $fills } раз
    }; { $count ->
        [0] навёрстывать было нечего
        [one] навёрстано: { $count }
        [few] навёрстано: { $count }
       *[many] навёрстано: { $count }
    }. На движущемся рынке: { $alone } без меня, { $managed } со мной.
drill-nothing = На вашем счёте практики ничего не стоит, учиться не на чем. [Купить BTC $100] из /start в одном нажатии.
drill-running = Учения уже идут. /drill их покажет.
drill-none = Учения сейчас не идут.
drill-words = Попробуйте <code>/drill</code>, <code>/drill now</code>, <code>/drill stop</code> или <code>/drill last</code>.
