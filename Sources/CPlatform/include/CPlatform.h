#ifndef CPlatform_H
#define CPlatform_H
#endif
