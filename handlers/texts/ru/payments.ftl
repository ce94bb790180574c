## Telegram Stars: цены, счета на оплату, квитанции, возвраты.

command-subscribe = Купить лицензию за Telegram Stars
command-payments = Платежи и возвраты

subscribe-title = <b>Купить лицензию</b>
subscribe-nothing = В этом боте ничего не продаётся. Практика бесплатна; Bybit Демо открывает триал или промокод.
subscribe-live-off = Сегодня лицензия открывает Bybit Демо. Торговля на реальном счёте в этом боте выключена и в лицензию не входит.
subscribe-type =
    { $kind ->
        [basic] <b>Базовая</b>
       *[premium] <b>Премиум</b>
    }
subscribe-months =
    { $months ->
        [one] { $months } месяц
        [few] { $months } месяца
       *[many] { $months } месяцев
    }
subscribe-two = 2 × – это два платежа, каждый на половину срока: Telegram принимает не больше 25 000 ⭐ за раз. Оплатите оба, в любом порядке.
subscribe-how = Дни добавляются к тому, что есть. Младшая лицензия ждёт в запасе, пока идёт старшая. Вопросы и возвраты: /paysupport
subscribe-begins = Начнётся { $date }, после того, что есть.
button-choice =
    { $kind ->
        [basic] Базовая
       *[premium] Премиум
    } { $months } мес
button-my-payments = Мои платежи
button-monthly = Помесячно
monthly-title = <b>Помесячно, с автопродлением</b>
monthly-runs = <b>{ $kind }</b>: { $stars } каждые 30 дней, следующий раз { $date }.
monthly-stopped = <b>{ $kind }</b>: остановлено. Оплаченное действует; { $date } ничего не спишется.
monthly-how = Telegram списывает Stars каждые 30 дней, пока вы не остановите это здесь или в настройках Telegram. Каждый платёж добавляет 30 дней к тому, что есть, и приходит с квитанцией.
monthly-link = <b>{ $kind }</b> за { $stars } каждые 30 дней. Кнопка открывает оплату в Telegram.
button-monthly-start = { $kind } · { $stars } в месяц
button-monthly-stop = Остановить: { $kind }
button-monthly-resume = Возобновить: { $kind }
button-monthly-pay = Платить { $stars } в месяц
renewal-over = Это автопродление закончилось. Новое включит /subscribe.
renewal-unchanged = Telegram сейчас этого не принял, поэтому ничего не изменилось. Попробуйте ещё раз через минуту.
button-older = Раньше ›
button-payments = Все платежи
invoice-title =
    { $days ->
        [one] { $kind ->
            [basic] Базовая
           *[premium] Премиум
        }, { $days } день
        [few] { $kind ->
            [basic] Базовая
           *[premium] Премиум
        }, { $days } дня
       *[many] { $kind ->
            [basic] Базовая
           *[premium] Премиум
        }, { $days } дней
    }
invoice-part = { $title } ({ $number } из { $count })
invoice-description =
    { $days ->
        [one] { $days } день лицензии «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }», вдобавок к тому, что есть у этого аккаунта. Счёт на оплату действует 24 часа и только для вас.
        [few] { $days } дня лицензии «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }», вдобавок к тому, что есть у этого аккаунта. Счёт на оплату действует 24 часа и только для вас.
       *[many] { $days } дней лицензии «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }», вдобавок к тому, что есть у этого аккаунта. Счёт на оплату действует 24 часа и только для вас.
    }

pay-not-sold = Этого в списке больше нет. Что есть, покажет /subscribe.
pay-refused-banned = Этим ботом вам пользоваться нельзя, поэтому ничего не списано.
pay-refused-unknown = Этого счёта на оплату я больше не знаю. Новый даст /subscribe; ничего не списано.
pay-refused-other = Этот счёт на оплату выписан другому человеку. Свой даст /subscribe; ничего не списано.
pay-refused-price = Цена не совпадает с этим счётом на оплату. Новый даст /subscribe; ничего не списано.
pay-refused-paid = Этот счёт на оплату уже оплачен. Если нужно ещё, отправьте /subscribe; ничего не списано.
pay-refused-expired = Этому счёту на оплату больше 24 часов. Новый даст /subscribe; ничего не списано.
pay-refused-under-way = Этот платёж уже идёт. Подождите минуту, квитанция придёт сюда; больше ничего не списано.
pay-refused-busy = Сейчас не получилось проверить счёт на оплату. Попробуйте через минуту; ничего не списано.

my-payments-title = <b>Мои платежи</b>
my-payments-help = Вопросы и возвраты: /paysupport
payments-title = <b>Платежи</b>
payments-none = Пока нет.
payments-of-title = <b>Платежи пользователя</b> <code>{ $user }</code>
payments-of-total = Получено: { $kept } · возвращено: { $returned }
payments-filter =
    { $which ->
        [unclaimed] Не зачтённые
        [refund_asked] Возвращаются
        [refunded] Возвращённые
        [charged_back] Отозванные
       *[all] Все
    }
payments-usage = Вот так: <code>/payments</code>, <code>/payments 12</code>, <code>/payments user 1001</code> или <code>/payments refund 12 оплачено по ошибке</code>
payment-line = №{ $number } · { $date } · { $what } · { $stars } · { $status }
payment-line-of = №{ $number } · { $date } · <code>{ $user }</code> · { $what } · { $stars } · { $status }
payment-title = <b>Платёж №{ $number }</b>
payment-of = Пользователь: <code>{ $user }</code>
payment-paid = Оплачено: { $stars }, { $date }
payment-for = За что: { $what }
payment-nothing = ничего не зачтено
payment-status = Статус: { $status }
payment-state =
    { $status ->
        [refund_asked] возвращается
        [refunded] возвращён
        [charged_back] отозван через Telegram
        [unclaimed] не зачтён, возвращается
       *[completed] зачтён
    }
payment-unused = Ещё не использовано: { $span }
payment-reason = Причина: { $reason }
payment-trouble =
    { $attempts ->
        [one] После { $attempts } попытки Telegram всё ещё не вернул: { $said }
        [few] После { $attempts } попыток Telegram всё ещё не вернул: { $said }
       *[many] После { $attempts } попыток Telegram всё ещё не вернул: { $said }
    }
payment-settled = Возвращено: { $date }
payment-charge = Номер в Telegram: <code>{ $charge }</code>
payment-unknown = Платежа №{ $number } нет.
button-refund = Вернуть
button-refund-now = Вернуть сейчас
button-reason-typed = Другая причина
reason-wish = Попросил пользователь
reason-mistake = Оплачено по ошибке
reason-trouble = Сервис не работал
refund-why = <b>Вернуть платёж { $number }</b>, { $stars }: почему?
refund-type-reason = Напишите причину возврата платежа { $number }.
refund-ask = <b>Вернуть { $stars } пользователю <code>{ $user }</code>?</b>
refund-takes = Это было за: { $what }. Забираю то, что ещё не использовано: { $span }.
refund-asked = { $stars } возвращаются пользователю <code>{ $user }</code>. Когда Telegram это сделает, я напишу вам и ему.
refund-not-open = Платёж { $number } вернуть нельзя: он уже возвращён, возвращается, или его пользователя больше нет.
refund-reason = Возврату нужна причина, от 1 до { $limit } знаков.
button-refund-second = Вернуть второй платёж
refund-second-ask = <b>Вернуть { $stars }?</b> Платёж { $number } – второй за одно и то же. Вместе с ним уйдёт то, что им оплачено: { $what }. Первый платёж остаётся.
refund-second-asked = ✓ { $stars } возвращаются к вам. Когда Telegram это сделает, я напишу.
refund-second-used = Время платежа { $number } уже идёт, поэтому сам вернуть его не могу. Напишите людям, которые ведут бота: /paysupport
button-older-charges = Показать их
older-title =
    <b>Платежи старше этой базы данных</b>
    Не зачтены и не возвращены: за что они, здесь неизвестно.
older-line = { $date } · <code>{ $user }</code> · { $stars }
    <code>{ $charge }</code>
promise-payment-older-owner =
    { $count ->
        [one] ⚠️ Telegram знает { $count } платёж ({ $stars }) старше этой базы. Я его не тронул: не зачёл и не вернул. Если сюда надо было восстановить копию, остановите бота и восстановите её.
        [few] ⚠️ Telegram знает { $count } платежа (всего { $stars }) старше этой базы. Я их не тронул: не зачёл и не вернул. Если сюда надо было восстановить копию, остановите бота и восстановите её.
       *[many] ⚠️ Telegram знает { $count } платежей (всего { $stars }) старше этой базы. Я их не тронул: не зачёл и не вернул. Если сюда надо было восстановить копию, остановите бота и восстановите её.
    }
unclaimed-why =
    { $why ->
        [other-payer] счёт на оплату выписан другому человеку
        [other-amount] сумма не совпадает со счётом на оплату
        [banned] аккаунт заблокирован
       *[unknown-offer] такого счёта на оплату нет
    }

promise-payment-receipt =
    { $days ->
        [one] ✓ <b>Оплачено: { $stars }</b>, платёж { $number }. Лицензия «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }», { $days } день, ваша; вместе с тем, что было, она идёт до { $date }.
        [few] ✓ <b>Оплачено: { $stars }</b>, платёж { $number }. Лицензия «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }», { $days } дня, ваша; вместе с тем, что было, она идёт до { $date }.
       *[many] ✓ <b>Оплачено: { $stars }</b>, платёж { $number }. Лицензия «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }», { $days } дней, ваша; вместе с тем, что было, она идёт до { $date }.
    }
    Номер в Telegram: <code>{ $charge }</code>
promise-payment-receipt-again =
    { $days ->
        [one] ✓ <b>Тот же счёт на оплату оплачен ещё раз: { $stars }</b>, платёж { $number }. Ещё { $days } день лицензии «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }» ваш; вместе со всем, что есть, она идёт до { $date }. Если это лишнее, верните его.
        [few] ✓ <b>Тот же счёт на оплату оплачен ещё раз: { $stars }</b>, платёж { $number }. Ещё { $days } дня лицензии «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }» ваши; вместе со всем, что есть, она идёт до { $date }. Если это лишнее, верните его.
       *[many] ✓ <b>Тот же счёт на оплату оплачен ещё раз: { $stars }</b>, платёж { $number }. Ещё { $days } дней лицензии «{ $kind ->
            [basic] Базовая
           *[premium] Премиум
        }» ваши; вместе со всем, что есть, она идёт до { $date }. Если это лишнее, верните его.
    }
    Номер в Telegram: <code>{ $charge }</code>
receipt-begins = Эти дни начнутся { $date }, после того, что есть.
promise-payment-unclaimed = Ваш платёж { $stars } зачесть не получилось: { $why }. Stars уже возвращаются к вам, от вас ничего не нужно.
promise-payment-unclaimed-admin = ⚠️ Платёж { $number } пользователя <code>{ $user }</code>, { $stars }, зачесть не получилось: { $why }. Он вернётся сам.
promise-payment-returned = ↩ <b>{ $stars } вернулись к вам</b> (платёж { $number }). Остаток оплаченных ими дней снят; всё остальное в вашей лицензии на месте.
promise-payment-returned-admin = ↩ Платёж { $number }: { $stars } вернулись пользователю <code>{ $user }</code>.
promise-payment-charged-back-admin = ⚠️ Платёж { $number }: Telegram отозвал { $stars } в пользу <code>{ $user }</code>. Неиспользованные дни тоже сняты.
promise-payment-stuck-admin = ⚠️ Telegram отказывается вернуть платёж { $number } ({ $stars }, <code>{ $user }</code>): { $said }. Я продолжаю пробовать, но взгляните сами.
