from arti.cli import main
from arti_core.process_end import end_process

try:
    main()
except SystemExit as end:
    end_process(end.code)
