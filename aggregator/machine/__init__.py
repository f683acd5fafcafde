"""This machine: its memory, descriptors and interrupts, and which errors mean that it has too little of them.

What the program changes for a whole process, and who does it. No import does: each is set up by a function
that is called.

    interrupts.repeat_lost_interrupts    what is done with lost exceptions    every command (cli.main)
    memory.share_arenas               malloc's arenas                         every command (cli.main)
    memory.return_memory              what malloc has and does not use       run, every few minutes
    memory.pause_garbage_collection   the collector, for imports              every command (cli.commands)
    memory.tune_garbage_collection    the collector, for good                 run, poll, reading processes
    turns.shorten_turns               how long a thread goes on               run
    descriptors.raise_descriptor_limit    the limit of open files             run, serve
    cli.terminal.log.log_to_stderr    structlog, loggers, warnings, threads' errors   commands that log
    service.signals                   SIGTERM, SIGINT, SIGHUP                 run
    cli.service.run                   a timer that ends the process           run, once it is to stop
    serve.server                      SIGTERM, SIGINT; uvicorn's logger       run, serve: while they serve
    parse.documents.feedparser_setup  feedparser's insides                    whoever parses
    parse.worker.job                  SIGTERM, standard output, RLIMIT_DATA   reading processes
    enrich.images.open_image          Pillow's warnings of bombs are errors   whoever opens pictures

Functions that remember their results (``functools.cache``) keep only what follows from their arguments, and
what was read from files that come with the program or the system.
"""
