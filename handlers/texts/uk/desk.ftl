## PIN, ролі, користувачі, розсилки, аудит, звіти, стан.

command-pin = PIN: задати, змінити, прибрати
pin-title = <b>PIN</b>
pin-about =
    Шість цифр, які я питаю перед важливими діями. Їх натискають, а не пишуть.
    Після п'яти помилок PIN закривається на 15 хвилин.
pin-none = Поки його не задано.
pin-guards-keys = Його питаю й перед підключенням чи видаленням ключів Bybit.
pin-not-for-keys = Перед підключенням і видаленням ключів Bybit його не питаю.
pin-enter = Ваш PIN:
pin-new = Виберіть PIN, шість цифр:
pin-repeat = Ще раз, для певності:
pin-first-needed = Для цього потрібен PIN, а його ще не задано.
pin-weak = Такий надто легко вгадати.
pin-differs = Вони не збіглися. Виберіть знову:
pin-is-set = ✓ PIN задано.
pin-removed = ✓ PIN прибрано.
pin-canceled = Скасовано. Нічого не зроблено.
pin-six-digits = PIN – це шість цифр.
pin-wrong =
    { $count ->
        [one] Неправильно. Лишилась { $count } спроба.
        [few] Неправильно. Лишилися { $count } спроби.
       *[many] Неправильно. Лишилося { $count } спроб.
    }
pin-is-locked = ⛔ Забагато помилок. Наступна спроба о { $time }. Власникам повідомлено.
pin-forget-usage = Напишіть числовий id: <code>/pin forget 1002</code>
pin-has-none = Користувач { $user } не має PIN.
pin-forgotten-of = ✓ PIN користувача { $user } прибрано. Новий він вибере, коли той знадобиться.
button-pin-set = Задати PIN
button-pin-change = Змінити
button-pin-remove = Прибрати
button-pin-back = ⌫
button-pin-guard-keys = Питати й для ключів
button-pin-leave-keys = Не питати для ключів
promise-pin-locked = ⛔ П'ять неправильних PIN у користувача { $user }: його PIN закрито до { $until }.
promise-pin-forgotten = Власник прибрав ваш PIN. Виберіть новий: /pin.
