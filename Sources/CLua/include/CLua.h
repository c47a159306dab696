#ifndef CLua_H
#define CLua_H
#endif
