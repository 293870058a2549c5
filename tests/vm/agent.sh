# Runs each line that comes by the second serial port, answers with what it prints and "<<STATUS>>".
exec </dev/ttyS1 >/dev/ttyS1 2>&1
stty raw -echo
export SYSTEMD_PAGER= SYSTEMD_COLORS=0 COLUMNS=200 # it is a terminal, but nobody sits there
echo '<<ready>>'
while read -r line; do
    eval "$line" </dev/null
    echo "<<$?>>"
done
