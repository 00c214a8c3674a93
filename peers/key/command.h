/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One subcommand a file. */
int enigm_key_command_make_ca (int argc, char **argv);
int enigm_key_command_factory (int argc, char **argv);
int enigm_key_command_run (int argc, char **argv);
