## Статистика, закриті угоди, файли, правда карток, звіт дня.

command-stats = Що принесла торгівля
command-trades = Закриті угоди: PnL після всіх витрат
command-export = Ваші угоди файлами CSV
command-truth = Що обіцяли картки і що вийшло
command-fills = Останні виконання та комісії
button-stats = Статистика
button-closed = Закриті
button-truth = Правда карток
button-export-csv = Файли CSV
button-fills = Виконання
button-earlier = ‹ Раніше
button-later = Пізніше ›

stats-title = <b>Статистика</b> · { $account }
stats-counting = ⏳ Рахую ваші угоди…
stats-period =
    { $period ->
        [day] День
        [week] Тиждень
        [month] Місяць
        [year] Рік
       *[all] Усе
    }
stats-span =
    { $period ->
        [day] День · { $days }
        [week] Тиждень · { $days }
        [month] Місяць · { $days }
        [year] Рік · { $days }
       *[all] { $run ->
            [0] За весь час
           *[other] Практика, запуск { $run }
        }
    }
stats-run = Практика, запуск { $run }: що було до скидання, стоїть під «Усе».
stats-part =
    { $part ->
        [symbols] Пари
        [sides] Сторони
        [exits] Виходи
       *[all] Огляд
    }
stats-none = За цей час нічого не закрито. Коли позиція закриється, її результат з’явиться тут.
stats-none-earlier = За цей час нічого не закрито. Що закрито раніше, стоїть під «Раніше».
stats-result = { $arrow } <b>{ $pnl }</b> після комісій і фандингу
stats-trades = Угод
stats-closes = Закриттів
stats-won = У плюс
stats-factor = Профіт-фактор
stats-no-loss = без втрат
stats-expectancy = За угоду
stats-best = Найкраща
stats-worst = Найгірша
stats-drawdown = Просідання
stats-held = Тримали
stats-fees = Комісії
stats-funding = Фандинг
stats-slippage =
    { $kind ->
        [even] Прослизання нічого вам не коштувало. Ордерів, про які це відомо: { $known } з { $count }.
        [cost] Прослизання коштувало вам <b>{ $money }</b>. Ордерів, про які це відомо: { $known } з { $count }.
        [gain] Виконано на <b>{ $money }</b> краще за показані ціни. Ордерів, про які це відомо: { $known } з { $count }.
       *[none] Скільки коштувало прослизання, невідомо: ціни до цих виконань не збережені.
    }
stats-fall =
    { $same ->
        [1] Найглибше просідання: { $amount }, { $first }.
       *[other] Найглибше просідання: { $amount }, з { $first } по { $last }.
    }
stats-evens =
    { $count ->
        [one] { $count } угода вийшла рівно в нуль: це ні плюс, ні мінус.
        [few] { $count } угоди вийшли рівно в нуль: це ні плюс, ні мінус.
       *[many] { $count } угод вийшли рівно в нуль: це ні плюс, ні мінус.
    }
stats-few =
    { $count ->
        [one] <i>{ $count } угода: частки поки мало про що кажуть.</i>
        [few] <i>{ $count } угоди: частки поки мало про що кажуть.</i>
       *[many] <i>{ $count } угод: частки поки мало про що кажуть.</i>
    }
stats-other =
    { $count ->
        [one] У { $coin }: { $count } угода, { $pnl }
        [few] У { $coin }: { $count } угоди, { $pnl }
       *[many] У { $coin }: { $count } угод, { $pnl }
    }
stats-resets =
    { $count ->
        [one] <i>{ $count } закриття під час скидання практики не рахується.</i>
        [few] <i>{ $count } закриття під час скидання практики не рахуються.</i>
       *[many] <i>{ $count } закриттів під час скидання практики не рахуються.</i>
    }
stats-legacy =
    { $count ->
        [one] <i>{ $count } угода старого бота не рахується: її розмір і комісії невідомі.</i>
        [few] <i>{ $count } угоди старого бота не рахуються: їхні розміри й комісії невідомі.</i>
       *[many] <i>{ $count } угод старого бота не рахуються: їхні розміри й комісії невідомі.</i>
    }
stats-by-symbol = За парами: угод, у плюс, PnL
stats-by-side = За сторонами: угод, у плюс, PnL
stats-by-exit = За виходами: закриттів, у плюс, PnL
stats-more = і ще { $count }
stats-exit =
    { $reason ->
        [manual] вручну
        [target] ціль
        [stop] стоп
        [trailing] трейлінг-стоп
        [liquidation] ліквідація
        [adl] ADL
        [settlement] розрахунок
        [reset] скидання
        [emergency] стоп не став
        [elsewhere] на Bybit
       *[unknown] немає даних
    }

closed-title = <b>Закриті угоди</b> · { $account }
closed-total =
    { $count ->
        [one] Закрито: { $count }, PnL після всіх витрат · час: { $zone }
        [few] Закрито: { $count }, PnL після всіх витрат · час: { $zone }
       *[many] Закрито: { $count }, PnL після всіх витрат · час: { $zone }
    }
closed-none = Тут поки нічого не закрито. Закрита позиція стане сюди зі своїм результатом. Що виконано, тут чи на Bybit, стоїть під «Виконання».

export-title = <b>Файли CSV</b> · { $account }
export-about = Для податків і таблиць: виконання, закриті угоди й фандинг, по файлу на кожне. Час UTC, суми до останньої цифри. За який час?
export-choice =
    { $period ->
        [month] { $back ->
            [0] Цей місяць
           *[other] Минулий місяць
        }
        [year] { $back ->
            [0] Цей рік
           *[other] Минулий рік
        }
       *[all] Усе
    }
export-begun = ⏳ Готую файли. Якщо за кілька хвилин нічого не прийде, натисніть ще раз.
export-under-way = Минулі файли ще готуються: по одному запиту, будь ласка.
export-empty = За цей час нічого немає: ні виконань, ні закритих угод, ні фандингу.
export-done =
    { $count ->
        [one] ✅ { $count } файл:
        [few] ✅ { $count } файли:
       *[many] ✅ { $count } файлів:
    }
export-rows =
    { $kind ->
        [fills] Виконань: { $rows }
        [closed-trades] Закритих угод: { $rows }
       *[funding] Фандинг: { $rows }
    }
export-failed = ⚠️ Надіслати файли не вийшло. Нічого не втрачено: натисніть ще раз.

truth-title = <b>Правда карток</b> · { $account }
truth-none = Цього місяця жодна ваша картка не дійшла до виконання. Картка називає ціну, комісію і втрату на стопі; тут видно, що з цього вийшло.
truth-entries =
    { $count ->
        [one] <b>Входи</b>: виконано { $count } ордер
        [few] <b>Входи</b>: виконано { $count } ордери
       *[many] <b>Входи</b>: виконано { $count } ордерів
    }
truth-worst = Не гірше за найгіршу ціну картки: { $kept } з { $known }
truth-price =
    { $kind ->
        [even] За ціною на картці ({ $count })
        [gain] На <b>{ $money }</b> краще за ціну на картці ({ $count })
       *[cost] На <b>{ $money }</b> гірше за ціну на картці ({ $count })
    }
truth-limits = Лімітних ордерів, у них своя ціна: { $count }
truth-price-unknown = Ціна на картці не збережена: { $count }
truth-fees =
    { $kept ->
        [1] Комісії за вхід: обіцяно не більше { $said }, узято <b>{ $paid }</b>
       *[other] ⚠️ Комісії за вхід: обіцяно не більше { $said }, узято <b>{ $paid }</b>
    }
truth-fees-unknown = Комісія на картці не збережена: { $count }
truth-stops =
    { $all ->
        [1] <b>Стопи</b>: спрацювали { $held } з { $reached }
       *[0] <b>Стопи</b>: спрацювали { $held } з { $reached }; решта скінчилася ліквідацією або тому, що стоп не ставав
    }
truth-stop-price =
    { $kind ->
        [even] Закрито за ціною стопа
        [gain] Закрито на <b>{ $money }</b> краще за ціну стопа
       *[cost] Закрито на <b>{ $money }</b> гірше за ціну стопа
    }
truth-loss = Втрата на стопі: обіцяно { $said }, вийшло <b>{ $came }</b>; не гірше за обіцяне: { $within } з { $count }
truth-moved = Не порівняти, стоп рухали: { $count }
truth-loss-unknown = Не порівняти, картка не збережена: { $count }
truth-exits =
    { $count ->
        [one] <b>Виходи</b>: { $count }
        [few] <b>Виходи</b>: { $count }
       *[many] <b>Виходи</b>: { $count }
    }
truth-exit-price =
    { $kind ->
        [even] За показаною ціною ({ $count })
        [gain] На <b>{ $money }</b> краще за показану ціну ({ $count })
       *[cost] На <b>{ $money }</b> гірше за показану ціну ({ $count })
    }
truth-exit-unknown = Ціни заздалегідь не показано, як у цілей: { $count }

daily-title = <b>Звіт дня</b>
daily-about = Одне повідомлення на день: що закрито, найкраще й найгірше, що відкрито, скільки коштувало прослизання. У дні без угод і позицій його немає. Оберіть годину або напишіть <code>/stats daily 21</code>.
daily-now =
    { $on ->
        [1] Приходить о <b>{ $hour }</b> ({ $zone }).
       *[other] Вимкнено. Години ваші: { $zone }.
    }
daily-set = ✅ Тепер щодня о { $hour } ({ $zone }).
daily-off = ✅ Звіту дня більше не буде.
daily-hour = «{ $word }» не година. Наприклад: <code>/stats daily 21</code> або <code>/stats daily off</code>.
button-daily =
    { $on ->
        [1] Звіт: { $hour }
       *[other] Звіт: немає
    }
button-daily-off = Вимкнути
daily-report = 📊 <b>Ваш день</b> · { $since } – { $until } ({ $zone })
daily-result =
    { $count ->
        [one] { $arrow } <b>{ $pnl }</b> · { $count } угода, у плюс { $wins }
        [few] { $arrow } <b>{ $pnl }</b> · { $count } угоди, у плюс { $wins }
       *[many] { $arrow } <b>{ $pnl }</b> · { $count } угод, у плюс { $wins }
    }
daily-nothing-closed = Нічого не закрито.
daily-best = Найкраща { $best } · найгірша { $worst }
daily-open =
    { $count ->
        [0] Нічого не відкрито.
        [one] Відкрита { $count } позиція · { $pnl }
        [few] Відкрито { $count } позиції · { $pnl }
       *[many] Відкрито { $count } позицій · { $pnl }
    }
daily-slippage =
    { $kind ->
        [even] Виконано за показаними цінами.
        [gain] Виконано на { $money } краще за показані ціни.
       *[cost] Прослизання коштувало вам { $money }.
    }
