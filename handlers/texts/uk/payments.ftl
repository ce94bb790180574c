## Telegram Stars: ціни, рахунки на оплату, квитанції, повернення.

command-subscribe = Купити ліцензію за Telegram Stars
command-payments = Платежі та повернення

subscribe-title = <b>Купити ліцензію</b>
subscribe-nothing = У цьому боті нічого не продається. Практика безкоштовна; Bybit Демо відкриває тріал або промокод.
subscribe-live-off = Сьогодні ліцензія відкриває Bybit Демо. Торгівлю на реальному рахунку в цьому боті вимкнено, і до ліцензії вона не входить.
subscribe-type =
    { $kind ->
        [basic] <b>Базова</b>
       *[premium] <b>Преміум</b>
    }
subscribe-months =
    { $months ->
        [one] { $months } місяць
        [few] { $months } місяці
       *[many] { $months } місяців
    }
subscribe-two = 2 × – це два платежі, кожен на половину строку: Telegram приймає не більше 25 000 ⭐ за раз. Сплатіть обидва, у будь-якому порядку.
subscribe-how = Дні додаються до того, що є. Молодша ліцензія чекає в запасі, поки йде старша. Питання й повернення: /paysupport
subscribe-begins = Почнеться { $date }, після того, що є.
button-choice =
    { $kind ->
        [basic] Базова
       *[premium] Преміум
    } { $months } міс
button-my-payments = Мої платежі
button-monthly = Щомісяця
monthly-title = <b>Щомісяця, з автопродовженням</b>
monthly-runs = <b>{ $kind }</b>: { $stars } кожні 30 днів, наступного разу { $date }.
monthly-stopped = <b>{ $kind }</b>: зупинено. Сплачене діє; { $date } нічого не спишеться.
monthly-how = Telegram списує Stars кожні 30 днів, доки ви не зупините це тут або в налаштуваннях Telegram. Кожен платіж додає 30 днів до того, що є, і надходить із квитанцією.
monthly-link = <b>{ $kind }</b> за { $stars } кожні 30 днів. Кнопка відкриває оплату в Telegram.
button-monthly-start = { $kind } · { $stars } на місяць
button-monthly-stop = Зупинити: { $kind }
button-monthly-resume = Поновити: { $kind }
button-monthly-pay = Платити { $stars } на місяць
renewal-over = Це автопродовження закінчилося. Нове ввімкне /subscribe.
renewal-unchanged = Telegram зараз цього не прийняв, тому нічого не змінилося. Спробуйте ще раз через хвилину.
button-older = Раніше ›
button-payments = Усі платежі
invoice-title =
    { $days ->
        [one] { $kind ->
            [basic] Базова
           *[premium] Преміум
        }, { $days } день
        [few] { $kind ->
            [basic] Базова
           *[premium] Преміум
        }, { $days } дні
       *[many] { $kind ->
            [basic] Базова
           *[premium] Преміум
        }, { $days } днів
    }
invoice-part = { $title } ({ $number } з { $count })
invoice-description =
    { $days ->
        [one] { $days } день ліцензії «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }», на додачу до того, що є в цього акаунта. Рахунок на оплату дійсний 24 години й лише для вас.
        [few] { $days } дні ліцензії «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }», на додачу до того, що є в цього акаунта. Рахунок на оплату дійсний 24 години й лише для вас.
       *[many] { $days } днів ліцензії «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }», на додачу до того, що є в цього акаунта. Рахунок на оплату дійсний 24 години й лише для вас.
    }

pay-not-sold = Цього в списку вже немає. Що є, покаже /subscribe.
pay-refused-banned = Цим ботом вам користуватися не можна, тому нічого не списано.
pay-refused-unknown = Цього рахунку на оплату я вже не знаю. Новий дасть /subscribe; нічого не списано.
pay-refused-other = Цей рахунок на оплату виписано іншій людині. Свій дасть /subscribe; нічого не списано.
pay-refused-price = Ціна не збігається з цим рахунком на оплату. Новий дасть /subscribe; нічого не списано.
pay-refused-paid = Цей рахунок на оплату вже сплачено. Якщо треба ще, надішліть /subscribe; нічого не списано.
pay-refused-expired = Цьому рахунку на оплату понад 24 години. Новий дасть /subscribe; нічого не списано.
pay-refused-under-way = Цей платіж уже йде. Зачекайте хвилину, квитанція прийде сюди; більше нічого не списано.
pay-refused-busy = Зараз не вдалося перевірити рахунок на оплату. Спробуйте через хвилину; нічого не списано.

my-payments-title = <b>Мої платежі</b>
my-payments-help = Питання й повернення: /paysupport
payments-title = <b>Платежі</b>
payments-none = Поки немає.
payments-of-title = <b>Платежі користувача</b> <code>{ $user }</code>
payments-of-total = Отримано: { $kept } · повернено: { $returned }
payments-filter =
    { $which ->
        [unclaimed] Не зараховані
        [refund_asked] Повертаються
        [refunded] Повернені
        [charged_back] Відкликані
       *[all] Усі
    }
payments-usage = Ось так: <code>/payments</code>, <code>/payments 12</code>, <code>/payments user 1001</code> або <code>/payments refund 12 сплачено помилково</code>
payment-line = №{ $number } · { $date } · { $what } · { $stars } · { $status }
payment-line-of = №{ $number } · { $date } · <code>{ $user }</code> · { $what } · { $stars } · { $status }
payment-title = <b>Платіж №{ $number }</b>
payment-of = Користувач: <code>{ $user }</code>
payment-paid = Сплачено: { $stars }, { $date }
payment-for = За що: { $what }
payment-nothing = нічого не зараховано
payment-status = Статус: { $status }
payment-state =
    { $status ->
        [refund_asked] повертається
        [refunded] повернено
        [charged_back] відкликано через Telegram
        [unclaimed] не зараховано, повертається
       *[completed] зараховано
    }
payment-unused = Ще не використано: { $span }
payment-reason = Причина: { $reason }
payment-trouble =
    { $attempts ->
        [one] Після { $attempts } спроби Telegram усе ще не повернув: { $said }
        [few] Після { $attempts } спроб Telegram усе ще не повернув: { $said }
       *[many] Після { $attempts } спроб Telegram усе ще не повернув: { $said }
    }
payment-settled = Повернено: { $date }
payment-charge = Номер у Telegram: <code>{ $charge }</code>
payment-unknown = Платежу №{ $number } немає.
button-refund = Повернути
button-refund-now = Повернути зараз
button-reason-typed = Інша причина
reason-wish = Попросив користувач
reason-mistake = Сплачено помилково
reason-trouble = Сервіс не працював
refund-why = <b>Повернути платіж { $number }</b>, { $stars }: чому?
refund-type-reason = Напишіть причину повернення платежу { $number }.
refund-ask = <b>Повернути { $stars } користувачеві <code>{ $user }</code>?</b>
refund-takes = Це було за: { $what }. Забираю те, що ще не використано: { $span }.
refund-asked = { $stars } повертаються користувачеві <code>{ $user }</code>. Коли Telegram це зробить, я напишу вам і йому.
refund-not-open = Платіж { $number } повернути не можна: його вже повернено, він повертається, або його користувача більше немає.
refund-reason = Поверненню потрібна причина, від 1 до { $limit } знаків.
button-refund-second = Повернути другий платіж
refund-second-ask = <b>Повернути { $stars }?</b> Платіж { $number } – другий за те саме. Разом із ним піде те, що ним сплачено: { $what }. Перший платіж залишається.
refund-second-asked = ✓ { $stars } повертаються до вас. Коли Telegram це зробить, я напишу.
refund-second-used = Час платежу { $number } уже йде, тому сам повернути його не можу. Напишіть людям, які ведуть бота: /paysupport
button-older-charges = Показати їх
older-title =
    <b>Платежі, старші за цю базу даних</b>
    Не зараховані й не повернені: за що вони, тут невідомо.
older-line = { $date } · <code>{ $user }</code> · { $stars }
    <code>{ $charge }</code>
promise-payment-older-owner =
    { $count ->
        [one] ⚠️ Telegram знає { $count } платіж ({ $stars }), старший за цю базу. Я його не чіпав: не зарахував і не повернув. Якщо сюди треба було відновити копію, зупиніть бота й відновіть її.
        [few] ⚠️ Telegram знає { $count } платежі (разом { $stars }), старші за цю базу. Я їх не чіпав: не зарахував і не повернув. Якщо сюди треба було відновити копію, зупиніть бота й відновіть її.
       *[many] ⚠️ Telegram знає { $count } платежів (разом { $stars }), старших за цю базу. Я їх не чіпав: не зарахував і не повернув. Якщо сюди треба було відновити копію, зупиніть бота й відновіть її.
    }
unclaimed-why =
    { $why ->
        [other-payer] рахунок на оплату виписано іншій людині
        [other-amount] сума не збігається з рахунком на оплату
        [banned] акаунт заблоковано
       *[unknown-offer] такого рахунку на оплату немає
    }

promise-payment-receipt =
    { $days ->
        [one] ✓ <b>Сплачено: { $stars }</b>, платіж { $number }. Ліцензія «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }», { $days } день, ваша; разом із тим, що було, вона йде до { $date }.
        [few] ✓ <b>Сплачено: { $stars }</b>, платіж { $number }. Ліцензія «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }», { $days } дні, ваша; разом із тим, що було, вона йде до { $date }.
       *[many] ✓ <b>Сплачено: { $stars }</b>, платіж { $number }. Ліцензія «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }», { $days } днів, ваша; разом із тим, що було, вона йде до { $date }.
    }
    Номер у Telegram: <code>{ $charge }</code>
promise-payment-receipt-again =
    { $days ->
        [one] ✓ <b>Той самий рахунок на оплату сплачено ще раз: { $stars }</b>, платіж { $number }. Ще { $days } день ліцензії «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }» ваш; разом з усім, що є, вона йде до { $date }. Якщо це зайве, поверніть його.
        [few] ✓ <b>Той самий рахунок на оплату сплачено ще раз: { $stars }</b>, платіж { $number }. Ще { $days } дні ліцензії «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }» ваші; разом з усім, що є, вона йде до { $date }. Якщо це зайве, поверніть його.
       *[many] ✓ <b>Той самий рахунок на оплату сплачено ще раз: { $stars }</b>, платіж { $number }. Ще { $days } днів ліцензії «{ $kind ->
            [basic] Базова
           *[premium] Преміум
        }» ваші; разом з усім, що є, вона йде до { $date }. Якщо це зайве, поверніть його.
    }
    Номер у Telegram: <code>{ $charge }</code>
receipt-begins = Ці дні почнуться { $date }, після того, що є.
promise-payment-unclaimed = Ваш платіж { $stars } зарахувати не вдалося: { $why }. Stars уже повертаються до вас, від вас нічого не потрібно.
promise-payment-unclaimed-admin = ⚠️ Платіж { $number } користувача <code>{ $user }</code>, { $stars }, зарахувати не вдалося: { $why }. Він повернеться сам.
promise-payment-returned = ↩ <b>{ $stars } повернулися до вас</b> (платіж { $number }). Залишок сплачених ними днів знято; усе інше у вашій ліцензії на місці.
promise-payment-returned-admin = ↩ Платіж { $number }: { $stars } повернулися користувачеві <code>{ $user }</code>.
promise-payment-charged-back-admin = ⚠️ Платіж { $number }: Telegram відкликав { $stars } на користь <code>{ $user }</code>. Невикористані дні теж знято.
promise-payment-stuck-admin = ⚠️ Telegram відмовляється повернути платіж { $number } ({ $stars }, <code>{ $user }</code>): { $said }. Я пробую далі, але гляньте самі.
