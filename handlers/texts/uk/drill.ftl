## Навчання: практика хвилину без мене.

command-drill = Хвилина без мене, на практиці
button-drill = Навчання
button-drill-start = Почати: 60 секунд
button-drill-stop = Зупинити навчання
button-drill-last = Минулі навчання
button-drill-again = Ще раз
button-drill-page = Що сталося
drill-ask =
    <b>Навчання</b> · { $account }
    { $seconds } секунд я не дивлюся на ваш рахунок практики: нічим не керую, біржа практики працює за цінами Bybit. Потім я надолужую і показую, що вона зробила сама.
    Та сама хвилина грається на копії, де ринок рухається: через вашу ціль і через ваш стоп, щоб із практики нічого не пропало. Bybit Демо і реальний рахунок не зачіпаються; /panic і закриття працюють увесь час і припиняють навчання.
drill-runs =
    🚧 <b>Навчання</b> · { $account }
    Я не дивлюся на практику до { $time }. Біржа практики сама з вашими стопами й цілями. Я напишу, коли все скінчиться; ваш ордер припиняє навчання одразу.
drill-title = <b>Навчання</b> · { $account } · { $time }
drill-ended =
    { $how ->
        [stopped] Ви їх зупинили.
        [order] Їх припинив ваш ордер: на навчання ніхто не чекає.
       *[time] 60 секунд біржа була сама.
    }
drill-real = <b>Ваш рахунок, за справжніми цінами</b>
drill-nothing-fired = Нічого не спрацювало: ціна не дійшла ні до стопа, ні до цілі, ні до ордера.
drill-fill = • { $side } { $size } за { $price }
drill-real-caught-up =
    { $count ->
        [0] Надолужувати було нічого.
        [one] Потім надолужено мною: { $count } запит.
        [few] Потім надолужено мною: { $count } запити.
       *[many] Потім надолужено мною: { $count } запитів.
    }
drill-value = { $arrow } Вартість рахунку: { $change }
drill-scripted = <b>Та сама хвилина на рухомому ринку, на копії</b>
drill-alone = <i>Біржа сама:</i>
drill-managed = <i>Зі мною:</i>
drill-caught-up = <i>Я доробив би після хвилини відсутності:</i>
drill-no-steps = • нічого
drill-more =
    { $count ->
        [one] • … і ще { $count }
        [few] • … і ще { $count }
       *[many] • … і ще { $count }
    }
drill-step =
    { $event ->
        [entry] • { $time } вхід: { $side } { $size } за { $price }
        [target] • { $time } ціль: { $side } { $size } за { $price }
        [stop] • { $time } стоп: { $side } { $size } за { $price }
        [liquidation] • { $time } 🔥 ліквідація: { $side } { $size } за { $price }
        [closed] • { $time } закрито: { $side } { $size } за { $price }
        [breakeven] • { $time } { $name }: стоп у беззбиток, { $price }
        [stop-set] • { $time } { $name }: стоп поставлено на { $price }
        [canceled] • { $time } { $name }: ордер скасовано
       *[order-placed] • { $time } { $name }: ордер поставлено{ $priced ->
            [1] { " " }за { $price }
           *[other] { "" }
        }
    }
drill-results = Підсумок без мене: <b>{ $alone }</b>; зі мною: <b>{ $managed }</b>. Тут я приніс { $difference }.
drill-over =
    { $how ->
        [order] 🚧 <b>Навчання скінчилися</b>: їх припинив ваш ордер.
       *[time] 🚧 <b>Навчання скінчилися.</b>
    } За справжніми цінами біржа без мене виконала { $fills ->
        [0] нічого
        [one] { $fills } раз
        [few] { $fills } рази
       *[many] { $fills } разів
    }; { $count ->
        [0] надолужувати було нічого
        [one] надолужено: { $count }
        [few] надолужено: { $count }
       *[many] надолужено: { $count }
    }. На рухомому ринку: { $alone } без мене, { $managed } зі мною.
drill-nothing = На вашому рахунку практики нічого не стоїть, навчатися ні на чому. [Купити BTC $100] з /start за одне натискання.
drill-running = Навчання вже йдуть. /drill їх покаже.
drill-none = Навчання зараз не йдуть.
drill-words = Спробуйте <code>/drill</code>, <code>/drill now</code>, <code>/drill stop</code> або <code>/drill last</code>.
