## Что останавливает входы: паника, пауза, остановка; лимиты; практика заново.
command-panic = Остановить входы и закрыть всё
command-pause = Без входов до /resume
command-resume = Снова входить
command-halt = Остановить входы всех
command-unhalt = Снова открыть входы всем
button-panic = Паника
button-pause = Пауза
button-halt = Стоп всем
button-unhalt = Снять стоп

# Паника.
panic-title = 🛑 <b>Паника</b> · { $account }
panic-stopped = Входы остановлены до /resume. Стопы и цели стоят.
panic-canceled =
    { $count ->
        [0] Моих ордеров на вход нет.
        [one] Отменён { $count } ордер на вход.
        [few] Отменены { $count } ордера на вход.
       *[many] Отменено { $count } ордеров на вход.
    }
panic-line = { $mark } <b>{ $leg }</b>: { $progress }
panic-line-result = { $line } · { $net }
panic-more = и ещё { $count }
panic-count = Закрыто { $flat } из { $all }.
panic-progress =
    { $progress ->
        [stands] открыта
        [flat] закрыта
        [refused] не закрыта
        [unknown] ответа ещё нет, спрашиваю
       *[closing] закрываю
    }
panic-untouched = не трогаю
panic-foreign = Этим я не управляю, не входит:
panic-foreign-entries = Ордера, поставленные не здесь, не входят:
panic-unreadable = ⏳ Ответ Bybit о { $names } не читается, поэтому я не говорю, что позиций нет. Проверьте в приложении Bybit.
panic-unknown =
    { $count ->
        [one] ⏳ О { $count } ордере ничего не известно до { $time }. Что он исполнит, будет закрыто.
        [few] ⏳ О { $count } ордерах ничего не известно до { $time }. Что они исполнят, будет закрыто.
       *[many] ⏳ О { $count } ордерах ничего не известно до { $time }. Что они исполнят, будет закрыто.
    }
panic-silence =
    { $silence ->
        [no-key] ⛔ Bybit больше не принимает ключ этого счёта: закройте в приложении Bybit. /keys
       *[no-answer] ⏳ Bybit не отвечает о позициях: здесь последние, о которых я знаю. Я спрашиваю дальше.
    }
panic-refused = ⛔ Что отклонено, всё ещё открыто: закройте в приложении Bybit. Когда причина пройдёт, я попробую снова.
panic-confirm = Закрыть рыночными ордерами?
panic-closing = ⏳ Закрываю.
panic-flat = ✅ <b>Всё закрыто</b>: перечитано на бирже.
panic-flat-but =
    ✅ Отмеченное закрыто: я перечитал на бирже. <b>Ещё открыто</b>, не отсюда: { $names }{ $more ->
        [0] {""}
       *[other] {" "}и ещё { $more }
    }.
panic-nothing =
    { $foreign ->
        [0] Здесь ничего не открыто.
       *[other] Ничего, чем управляю я, не открыто.
    }
button-panic-these-too = Закрыть и эти: { $count }
button-panic-cancel-too = Отменить и эти: { $count }
button-panic-there = Паника: { $account }
panic-this-alone = <i>Только { $account }: другие счета работают дальше.</i>

# Пауза и остановка.
pause-done = ⏸ <b>Пауза</b> · { $account }: входов не будет до /resume. Позиции, стопы и цели остаются.
resume-done = ▶ <b>{ $account }</b>: входить снова можно.
resume-was-none = <b>{ $account }</b>: паузы не было.
button-resume-entries = Снова входить
halt-on = 🛑 <b>Входы остановлены для всех</b> с { $time }, остановил { $name }. Закрытия, стопы и отмены работают.
halt-not-managed = ⚠️ <b>Позиции тоже не ведутся</b>: возможно, это делает другой экземпляр бота. Всё, что стоит на Bybit, остаётся как есть, пока остановка не снята.
halt-reason = Причина: { $reason }
halt-none = Входы не остановлены.
halt-lifted = ▶ Остановка снята.
halt-was-none = Остановки не было.
halt-stands = 🛑 Входы всех остановлены с { $time }, поэтому пока входить нельзя.
button-lift-halt = Снять остановку

# Лимиты.
command-limits = Лимиты на входы
button-limits = Лимиты
limits-title = <b>Лимиты</b> · { $account }
limits-about = <i>Строже действует сразу, мягче через 24 часа. Лимиты останавливают входы; закрыть можно всегда.</i>
limits-waiting = ⏳ { $changes }: с { $time }
limits-unknown = Лимита «{ $word }» я не знаю. Все показывает /limits.
limits-symbols = Не больше { $most } пар, пожалуйста.
limit-title = <b>{ $name }</b> · { $account }
limit-name =
    { $limit ->
        [positions] Позиции
        [leverage] Плечо
        [symbol] На пару
        [total] Всего
        [risk] На сделку
        [daily] За день
        [drawdown] Просадка
        [cooldown] Перерыв
        [tilt] Убытки
        [turnover] Оборот
       *[symbols] Только эти
    }
limit-about =
    { $limit ->
        [positions] Сколько позиций может быть открыто сразу.
        [leverage] Наибольшее плечо для входа.
        [symbol] Наибольшая стоимость позиции по одной паре.
        [total] Наибольшая стоимость всех позиций вместе.
        [risk] Сколько может потерять одна сделка на стопе, от стоимости счёта.
        [daily] После такого убытка с ваших 00:00 сегодня входов нет.
        [drawdown] После такого убытка от наибольшей стоимости счёта входов нет.
        [cooldown] Столько минут без входа после убыточного закрытия.
        [tilt] Столько убытков подряд запирают входы до вашего следующего дня; раньше никто не снимет.
        [turnover] Рынки с меньшим оборотом за 24 часа отклоняются.
       *[symbols] Входить можно только в эти пары.
    }
limit-now = Сейчас: <b>{ $value }</b>
limit-typed = Нажмите значение или пришлите другое.
limit-none = без лимита
limit-ask = <b>{ $name }</b>: { $before } → <b>{ $after }</b>. Поставить?
limit-stands = ✅ <b>{ $name }</b>: { $before } → <b>{ $after }</b>, уже действует. Минуту можно вернуть.
limit-waits = ⏳ <b>{ $name }</b>: { $before } → <b>{ $after }</b> с { $time }: мягче ждёт день.
limit-taken-back = ✅ Вернул как было.
button-set-limit = Поставить
button-take-back = Вернуть как было
question-limits-value = значение лимита

# Практика.
command-practice = Практика заново
practice-title = <b>Практика с начала</b>
practice-about = Позиции и ордера практики уйдут, придут 10 000 USDT. Прежнее останется в статистике отдельным прогоном.
practice-choice =
    { $mode ->
        [hedge] Хедж: лонг и шорт одной пары сразу.
       *[other] Односторонний: одна позиция на пару.
    }
practice-mode =
    { $mode ->
        [hedge] Хедж
       *[other] Односторонний
    }
practice-margin =
    { $margin ->
        [ISOLATED_MARGIN] Изолир.
       *[other] Кросс
    }
practice-done = ✅ <b>Практика началась заново</b>: { $money }, прогон { $run }. { $settings }
button-practice-reset = Начать заново с { $money }
