## PIN, роли, пользователи, рассылки, аудит, отчёты, состояние.

command-pin = PIN: задать, сменить, убрать
pin-title = <b>PIN</b>
pin-about =
    Шесть цифр, которые я спрашиваю перед важными действиями. Их нажимают, а не пишут.
    После пяти ошибок PIN закрывается на 15 минут.
pin-none = Пока он не задан.
pin-guards-keys = Он спрашивается и перед подключением или удалением ключей Bybit.
pin-not-for-keys = Перед подключением и удалением ключей Bybit он не спрашивается.
pin-enter = Ваш PIN:
pin-new = Выберите PIN, шесть цифр:
pin-repeat = Ещё раз, для верности:
pin-first-needed = Для этого нужен PIN, а он ещё не задан.
pin-weak = Такой слишком легко угадать.
pin-differs = Они не совпали. Выберите снова:
pin-is-set = ✓ PIN задан.
pin-removed = ✓ PIN убран.
pin-canceled = Отменено. Ничего не сделано.
pin-six-digits = PIN – это шесть цифр.
pin-wrong =
    { $count ->
        [one] Неверно. Осталась { $count } попытка.
        [few] Неверно. Остались { $count } попытки.
       *[many] Неверно. Осталось { $count } попыток.
    }
pin-is-locked = ⛔ Слишком много ошибок. Следующая попытка в { $time }. Владельцам сообщено.
pin-forget-usage = Напишите числовой id: <code>/pin forget 1002</code>
pin-has-none = У пользователя { $user } нет PIN.
pin-forgotten-of = ✓ PIN пользователя { $user } убран. Новый он выберет, когда тот понадобится.
button-pin-set = Задать PIN
button-pin-change = Сменить
button-pin-remove = Убрать
button-pin-back = ⌫
button-pin-guard-keys = Спрашивать и для ключей
button-pin-leave-keys = Не спрашивать для ключей
promise-pin-locked = ⛔ Пять неверных PIN у пользователя { $user }: его PIN закрыт до { $until }.
promise-pin-forgotten = Владелец убрал ваш PIN. Выберите новый: /pin.
