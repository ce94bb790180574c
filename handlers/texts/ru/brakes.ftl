## Что останавливает входы: паника, пауза, остановка; лимиты; практика заново.
command-panic = Остановить входы и закрыть всё
command-pause = Без входов до /resume
command-resume = Снова входить
command-halt = Остановить входы всех
command-unhalt = Снова открыть входы всем
button-panic = Паника
button-pause = Пауза
button-resume = Продолжить
button-halt = Стоп всем
button-unhalt = Снять стоп

# Паника.
panic-title = 🛑 <b>Паника</b> · { $account }
panic-stopped = Входы остановлены до /resume. Стопы и цели стоят.
panic-canceled =
    { $count ->
        [0] Ни один ордер на вход не ждал.
        [one] Отменён { $count } ордер на вход.
        [few] Отменены { $count } ордера на вход.
       *[many] Отменено { $count } ордеров на вход.
    }
panic-line = { $mark } <b>{ $leg }</b>: { $progress } { $reason }
panic-more = и ещё { $count }
panic-progress =
    { $progress ->
        [stands] открыта
        [flat] закрыта
        [refused] не закрыта
        [unknown] ответа ещё нет, спрашиваю
       *[closing] закрываю
    }
panic-untouched = не трогаю
panic-foreign = Открыто не здесь, не входит:
panic-unknown =
    { $count ->
        [one] ⏳ О { $count } ордере ничего не известно до { $time }. Что он исполнит, будет закрыто.
        [few] ⏳ О { $count } ордерах ничего не известно до { $time }. Что они исполнят, будет закрыто.
       *[many] ⏳ О { $count } ордерах ничего не известно до { $time }. Что они исполнят, будет закрыто.
    }
panic-refused = ⛔ Что отклонено, всё ещё открыто: закройте в приложении Bybit. Когда причина пройдёт, я попробую снова.
panic-confirm = Закрыть рыночными ордерами?
panic-closing = ⏳ Закрываю.
panic-flat = ✅ <b>Всё закрыто</b>: перечитано на бирже.
panic-nothing = Здесь ничего не открыто.
button-panic-these-too = Закрыть и эти: { $count }

# Пауза и остановка.
pause-done = ⏸ <b>Пауза</b> · { $account }: входов не будет до /resume. Позиции, стопы и цели остаются.
resume-done = ▶ <b>{ $account }</b>: входить снова можно.
resume-was-none = <b>{ $account }</b>: паузы не было.
button-resume-entries = Снова входить
halt-on = 🛑 <b>Входы остановлены для всех</b> с { $time }, остановил { $name }. Закрытия, стопы и отмены работают.
halt-reason = Причина: { $reason }
halt-none = Входы не остановлены.
halt-lifted = ▶ Остановка снята.
halt-was-none = Остановки не было.
halt-stands = 🛑 Входы всех остановлены с { $time }, поэтому пока входить нельзя.
button-lift-halt = Снять остановку
